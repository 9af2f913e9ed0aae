import { type Build, builtStages } from './images.ts';
import type { Instruction } from './parse.ts';

const STEP = /^(?:\[(\d+)\/\d+\] )?STEP \d+(?:\/\d+)?: (.*)$/gm;

const spaced = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/**
 * The instruction at which buildah stopped, going by the last step that its log names; null where none is like it. Of
 * several that are written alike the one in the stage that the log names, else the first.
 */
export function failedStep(log: string, text: string, build: Build): Instruction | null {
  const last = [...log.matchAll(STEP)].at(-1);
  if (last === undefined) return null;
  const said = spaced(last[2] ?? '');
  const stages = builtStages(text, build).map(({ number, from, steps }) => ({
    number,
    like: [from, ...steps.map(({ instruction }) => instruction)].filter(
      ({ written }) => spaced(written) === said,
    ),
  }));
  const named = stages.find(({ number }) => String(number + 1) === last[1])?.like ?? [];
  return [...named, ...stages.flatMap(({ like }) => like)][0] ?? null;
}
