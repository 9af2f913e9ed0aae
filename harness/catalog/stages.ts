import { instructionsOf } from './containerfile.ts';

/** One stage of a Containerfile. */
interface Stage {
  /** As `--target` takes it: its name, or its index. */
  name: string;
  /** What it begins with, as written. */
  from: string;
  /** What its instructions copy from or mount, as written. */
  uses: string[];
}

/** Archives and layouts that lie in the context (containers-transports(5)). */
const IN_CONTEXT = /^(oci|oci-archive|docker-archive|dir):/;

/**
 * The stages before one that begins with an archive of the context which the built one depends on by no name: they may
 * write that archive, and a build tool that leaves out what nothing names would leave them out. In the order in which
 * they stand, without those that another of them depends on.
 * @param target the stage that is built; the last unless given
 * @returns null where no stage in question begins with an archive
 */
export function unnamedStages(text: string, target?: string): string[] | null {
  const stages = stagesOf(text);
  const last = target === undefined ? stages.length - 1 : indexOf(stages, target, stages.length);
  const named = dependencies(stages, last);
  const archive = Math.max(...[...named].filter((index) => IN_CONTEXT.test(stages[index]?.from ?? '')), -1);
  if (archive < 0) return null;
  const others = stages.flatMap((_stage, index) => (index < archive && !named.has(index) ? [index] : []));
  const covered = new Set(
    others.flatMap((index) => [...dependencies(stages, index)].filter((each) => each !== index)),
  );
  return others.filter((index) => !covered.has(index)).map((index) => stages[index]?.name ?? String(index));
}

function stagesOf(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const { text: instruction } of instructionsOf(text)) {
    const [, from, name] = /^FROM\s+(?:--[a-z]+=\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(instruction) ?? [];
    if (from !== undefined) stages.push({ name: name ?? String(stages.length), from, uses: [] });
    const flags = /^(?:COPY|ADD|RUN)((?:\s+--\S+)*)/i.exec(instruction)?.[1] ?? '';
    for (const [, used = ''] of flags.matchAll(/(?:--|[=,])from=([^\s,]+)/g)) stages.at(-1)?.uses.push(used);
  }
  return stages;
}

/** A stage with all that it depends on. */
function dependencies(stages: readonly Stage[], index: number): Set<number> {
  const found = new Set<number>();
  const open = [index];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const stage = stages[at];
    if (stage === undefined || found.has(at)) continue;
    found.add(at);
    open.push(
      ...[stage.from, ...stage.uses].map((name) => indexOf(stages, name, at)).filter((each) => each >= 0),
    );
  }
  return found;
}

/** The last stage of this name (or index) before another; -1 when there is none. */
function indexOf(stages: readonly Stage[], name: string, before: number): number {
  const wanted = name.toLowerCase();
  for (let at = before - 1; at >= 0; at -= 1)
    if (stages[at]?.name.toLowerCase() === wanted || String(at) === wanted) return at;
  return -1;
}
