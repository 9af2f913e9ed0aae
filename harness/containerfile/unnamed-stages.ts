import { type Build, beginsInContext, neededBy, stagesUpTo } from './images.ts';

/**
 * The stages before one that begins with an archive of the context which the built one depends on by no name: they may
 * write that archive, and a build tool that leaves out what nothing names would leave them out. In the order in which
 * they stand, without those that another of them depends on.
 * @returns null where no stage in question begins with an archive
 */
export function unnamedStages(text: string, build: Build): string[] | null {
  const stages = stagesUpTo(text, build);
  const last = stages.at(-1);
  const named = last === undefined ? [] : [...neededBy(last)];
  const archive = Math.max(...named.filter(beginsInContext).map(({ number }) => number), -1);
  if (archive < 0) return null;
  const others = stages.filter((stage) => stage.number < archive && !named.includes(stage));
  const covered = new Set(others.flatMap((stage) => [...neededBy(stage)].filter((each) => each !== stage)));
  return others.filter((stage) => !covered.has(stage)).map(({ name }) => name);
}
