import { parseContainerfile, wholeText } from './parse.ts';
import { type BuiltWith, type Source, type Stage, stagesOf } from './stages.ts';

/** An image that a Containerfile names, and the line that does so, counted from 1. */
export interface BaseImage {
  reference: string;
  line: number;
}

export interface NamedImage extends BaseImage {
  /** A stage begins with it and has no instruction of its own. */
  bare: boolean;
  /** That of `FROM --platform=`; null where it is that of the image that is built. */
  platform: string | null;
  /** Variables in its name that nothing gives a value. */
  unknown: string[];
}

/** How a recipe is built: with what, and up to which stage. */
export interface Build extends BuiltWith {
  /** Name or number of the stage to build, the last one unless given. */
  target?: string;
}

/** What buildah opens as a file or finds in a store (containers-transports(5)); nothing can be pulled for it. */
const TRANSPORT = /^(?:oci|oci-archive|docker-archive|dir|containers-storage|docker-daemon|sif|tarball):/;

/** Files of the context, or such that an earlier stage leaves there. */
const IN_CONTEXT = /^(?:oci|oci-archive|docker-archive|dir):/;

/**
 * The first image in a Containerfile that is neither `scratch` nor an earlier stage nor a file, with the defaults of
 * `ARG`s before it put in. What no value is known for stays as written.
 * @returns null where there is none
 */
export function firstImage(text: string, build: BuiltWith = { buildArgs: {} }): BaseImage | null {
  const stages = stagesOf(parseContainerfile(text), build);
  const stage = stages.find(({ base }) => isImage(base) && base.reference.text !== '');
  return stage === undefined ? null : { reference: referenceOf(stage.base), line: stage.from.line };
}

/**
 * Every image that a build takes from outside: those of `FROM`, `COPY --from`, `ADD --from` and `RUN --mount=from=`
 * that are no earlier stage, no `scratch` and no file, of the stages that are built. Each reference once, where it stands
 * first.
 */
export function namedImages(text: string, build: Build): NamedImage[] {
  const found = new Map<string, NamedImage>();
  const add = (source: Source, line: number, more: { bare: boolean; platform: string | null }): void => {
    if (!isImage(source)) return;
    const reference = referenceOf(source);
    const known = found.get(reference);
    const bare = more.bare || (known?.bare ?? false);
    found.set(reference, { reference, line, unknown: source.reference.unknown, ...more, ...known, bare });
  };
  for (const { from, base, platform, steps } of builtStages(text, build)) {
    add(base, from.line, { bare: steps.length === 0, platform: platform?.text ?? null });
    for (const { instruction, uses } of steps)
      for (const source of uses) add(source, instruction.line, { bare: false, platform: null });
  }
  return [...found.values()];
}

/**
 * The earlier stage that names the file of the context which a stage begins with, as one does that writes it:
 * `> /run/src/out.ociarchive` for `FROM oci-archive:out.ociarchive`. The last of several; null where there is none.
 */
export function stageOfArchive(stage: Stage, stages: readonly Stage[]): Stage | null {
  if (!beginsInContext(stage)) return null;
  const path = stage.base.reference.text.replace(IN_CONTEXT, '').split(':')[0] ?? '';
  const file = path.split('/').at(-1) ?? '';
  if (file === '') return null;
  const names = ({ steps }: Stage): boolean =>
    steps.some(({ instruction }) => wholeText(instruction).includes(file));
  return stages.slice(0, stage.number).findLast(names) ?? null;
}

/** The stages that begin with a file of the context, as `FROM oci-archive:out.ociarchive` does. */
export function contextImages(text: string, buildArgs: Record<string, string>): BaseImage[] {
  return stagesOf(parseContainerfile(text), { buildArgs })
    .filter(beginsInContext)
    .map(({ base, from }) => ({
      reference: base.reference.text,
      line: from.line,
    }));
}

/**
 * The stages that buildah builds: up to the target, and of these only what it needs. All of them where one begins with a
 * file, since another may have left it.
 */
export function builtStages(text: string, build: Build): Stage[] {
  const stages = stagesUpTo(text, build);
  const last = stages.at(-1);
  if (stages.some(beginsInContext) || last === undefined) return stages;
  const needed = neededBy(last);
  return stages.filter((stage) => needed.has(stage));
}

/** All stages, or those up to the target. */
export function stagesUpTo(text: string, build: Build): Stage[] {
  const all = stagesOf(parseContainerfile(text), build);
  const target = build.target?.toLowerCase();
  const at = all.findIndex(({ name, number }) => name.toLowerCase() === target || String(number) === target);
  return at === -1 ? all : all.slice(0, at + 1);
}

/** A stage with all that it depends on. */
export function neededBy(last: Stage): Set<Stage> {
  const needed = new Set<Stage>();
  const open = [last];
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    if (needed.has(stage)) continue;
    needed.add(stage);
    for (const { stage: used } of [stage.base, ...stage.steps.flatMap(({ uses }) => uses)])
      if (used !== null) open.push(used);
  }
  return needed;
}

export const beginsInContext = ({ base }: Stage): boolean =>
  base.stage === null && IN_CONTEXT.test(base.reference.text);

const isImage = ({ reference, stage }: Source): boolean =>
  stage === null && reference.text.toLowerCase() !== 'scratch' && !TRANSPORT.test(reference.text);

/** A registry's transport may be written out. */
const referenceOf = ({ reference }: Source): string => reference.text.replace(/^docker:\/\//, '');
