import { open, readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { buildOf } from '../build/base-images.ts';
import type { TwinBuild } from '../build/types.ts';
import type { Subject } from '../catalog/types.ts';
import { failedStep } from '../containerfile/failed-step.ts';

/** Bytes of the end of a log in which the last step is looked for. */
const TAIL = 1024 ** 2;

/** Adds to the error of a failed build the line of the Containerfile at which it stopped. @param root of the catalog */
export async function placeFailure(build: TwinBuild, subject: Subject, root: string): Promise<TwinBuild> {
  const { outcome, log } = build;
  const { recipe } = subject;
  if (outcome.built || outcome.error.code !== 'build-failed') return build;
  if (log === null || recipe.kind !== 'containerfile') return build;
  const text = await readFile(recipe.containerfile, 'utf8');
  const step = failedStep(await tailOf(log), text, buildOf(subject, recipe));
  if (step === null) return build;
  const message = `${relative(root, recipe.containerfile)}:${step.line}: ${outcome.error.message}`;
  return { ...build, outcome: { built: false, error: { ...outcome.error, message } } };
}

async function tailOf(path: string): Promise<string> {
  await using file = await open(path).catch(() => null);
  if (file === null) return '';
  const { size } = await file.stat();
  const length = Math.min(size, TAIL);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8', 0, bytesRead);
}
