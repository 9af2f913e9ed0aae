import { posix } from 'node:path';
import { flagOf } from './parse.ts';
import { type Build, builtStages } from './images.ts';
import { type Step, mountsOf } from './stages.ts';

/** A path of the context that a build reads, and the line that says so. */
export interface ContextPath {
  /** Relative to the context, empty for the whole of it; may be a pattern (`*`, `?`, `[a-z]`, `**`). */
  path: string;
  line: number;
}

/**
 * The paths of the context that the stages which are built name, in COPY, ADD and bind mounts. Left out are other stages
 * and images, addresses, here-documents, and what depends on a variable without a value. `RUN --mount=type=bind` without a
 * source names nothing.
 */
export function contextPaths(text: string, build: Build): ContextPath[] {
  return builtStages(text, build).flatMap(({ steps }) =>
    steps.flatMap((step) => {
      const { line } = step.instruction;
      return [...copied(step), ...mounted(step)].map((path) => ({ path: clean(path), line }));
    }),
  );
}

const ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@)/i;

function copied({ instruction, words }: Step): string[] {
  if (flagOf(instruction, 'from') !== undefined) return [];
  return words
    .slice(0, -1)
    .filter(({ text, unknown }) => unknown.length === 0 && !text.startsWith('<<') && !ADDRESS.test(text))
    .map(({ text }) => text);
}

function mounted({ instruction }: Step): string[] {
  if (instruction.keyword !== 'RUN') return [];
  return mountsOf(instruction).flatMap(({ type = 'bind', from, source, src = source }) =>
    type === 'bind' && from === undefined && src !== undefined && !src.includes('$') && clean(src) !== ''
      ? [src]
      : [],
  );
}

/** As buildah takes it: nothing leads out of the context. */
const clean = (path: string): string => posix.normalize(`/${path}`).replace(/^\/+|\/+$/g, '');
