import { open, readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { buildOf } from '../rebuild/base-images.ts';
import type { TwinBuild } from '../rebuild/types.ts';
import type { Subject } from '../catalog/types.ts';
import { failedStep } from '../containerfile/failed-step.ts';

/** Bytes of the end of a log in which the last step is looked for. */
const TAIL = 1024 ** 2;

/** What programs say that wanted namespaces or mounts of their own. */
const WANTED_NESTED =
  /\b(?:unshare|u?mount|bwrap|newuidmap)\b.*(?:operation not permitted|permission denied)/i;
const NESTED =
  'where RUN needs namespaces or mounts of its own, declare `privileges: nested` in the recipe; for a checkout without a ' +
  'catalog file, --privileges nested';

/**
 * Adds to the error of a failed build the line of the Containerfile at which it stopped, and what it may lack.
 * @param root of the catalog
 */
export async function placeFailure(build: TwinBuild, subject: Subject, root: string): Promise<TwinBuild> {
  const { outcome, log } = build;
  const { recipe } = subject;
  if (outcome.built || outcome.error.code !== 'build-failed') return build;
  if (log === null || recipe.kind !== 'containerfile') return build;
  const tail = await tailOf(log);
  const step = failedStep(tail, await readFile(recipe.containerfile, 'utf8'), buildOf(subject, recipe));
  const { error } = outcome;
  const place = step === null ? '' : `${relative(root, recipe.containerfile)}:${step.line}: `;
  const lacks = recipe.privileges === 'default' && WANTED_NESTED.test(tail);
  return {
    ...build,
    outcome: {
      built: false,
      error: { ...error, message: `${place}${error.message}`, ...(lacks ? { hint: NESTED } : {}) },
    },
  };
}

async function tailOf(path: string): Promise<string> {
  await using file = await open(path).catch(() => null);
  if (file === null) return '';
  const { size } = await file.stat();
  const length = Math.min(size, TAIL);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8', 0, bytesRead);
}
