import type { Stage } from './stages.ts';
import { type Build, beginsInContext, neededBy, upToTarget } from './images.ts';

/**
 * The stages before one that begins with an archive of the context which the built one depends on by no name: they may
 * write that archive, and a build tool that leaves out what nothing names would leave them out. As `--target` takes
 * them, in the order in which they stand, without those that another of them depends on.
 * @returns null where no stage in question begins with an archive
 */
export function unnamedStages(text: string, build: Build): string[] | null {
  const stages = upToTarget(text, build);
  const named = new Set(neededBy(stages));
  const archive = stages.findLastIndex((stage) => named.has(stage) && beginsInContext(stage));
  if (archive === -1) return null;
  const others = stages.slice(0, archive).filter((stage) => !named.has(stage));
  const covered = new Set(
    others.flatMap((other) => neededBy(stages.slice(0, other.number + 1)).filter((stage) => stage !== other)),
  );
  return others.filter((stage) => !covered.has(stage)).map(writtenName);
}

/** buildah tells names apart by case, and knows a number only where there is no name. */
const writtenName = ({ name, from }: Stage): string =>
  /\sas\s+(\S+)$/i.exec(from.arguments.trimEnd())?.[1] ?? name;
