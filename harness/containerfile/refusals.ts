import { type Build, builtStages } from './images.ts';
import { type Step, mountsOf } from './stages.ts';

/** What of a recipe cannot be done in a build that is kept apart, and the line that asks for it. */
export interface Refusal {
  line: number;
  reason: string;
  hint: string;
}

/** What builds here are never given: secrets, keys, and the stores of the machine. */
export function refusals(text: string, build: Build): Refusal[] {
  return builtStages(text, build).flatMap(({ from, base, steps }) => {
    const [, store] = /^(containers-storage|docker-daemon|sif|tarball):/.exec(base.reference.text) ?? [];
    const found = steps.flatMap(ofMounts);
    if (store === undefined || base.stage !== null) return found;
    const reason = `FROM ${store}: names what is on this machine, which no build sees`;
    return [{ line: from.line, reason, hint: 'name an image of a registry, by digest' }, ...found];
  });
}

function ofMounts({ instruction }: Step): Refusal[] {
  if (instruction.keyword !== 'RUN') return [];
  return mountsOf(instruction).flatMap(({ type = 'bind', required, id, target }) => {
    // Without `required` the mount is simply not there, as in every build without that secret.
    if ((type !== 'secret' && type !== 'ssh') || !isTrue(required)) return [];
    const what = type === 'ssh' ? "the user's SSH agent" : `the secret ${id ?? target ?? ''}`.trim();
    return [
      {
        line: instruction.line,
        reason: `RUN requires ${what}, and builds here are given none`,
        hint: 'what depends on a secret cannot be rebuilt by others; take `required` away if it can do without',
      },
    ];
  });
}

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';

/** The first line with a here-document in what is built; null where there is none. */
export function firstHereDocument(text: string, build: Build): number | null {
  const steps = builtStages(text, build).flatMap((stage) => stage.steps);
  return steps.find(({ instruction }) => instruction.hereDocuments.length > 0)?.instruction.line ?? null;
}
