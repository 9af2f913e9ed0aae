import { basename } from 'node:path';
import { TwinproofError } from '../errors.ts';
import type { LockFormat } from '../packages/ecosystem.ts';
import { ECOSYSTEMS, type Ecosystems } from '../packages/registry.ts';

/** Of all ecosystems of which something can be locked. */
export const lockFormats = (ecosystems: Ecosystems = ECOSYSTEMS): LockFormat[] =>
  [...ecosystems].flatMap(({ lock }) => lock ?? []);

export const lockFile = ({ stem }: LockFormat): string => `${stem}.lock.yaml`;
export const inputFile = ({ stem }: LockFormat): string => `${stem}.in.yaml`;

/** Name of the input that belongs to a lock. */
export const inputNameOf = ({ path }: { path: string }): string =>
  basename(path).replace(/\.lock\.yaml$/, '.in.yaml');

/** `debs.lock.yaml or rpms.lock.yaml`. */
export const fileNames = (
  nameOf: (format: LockFormat) => string,
  ecosystems: Ecosystems = ECOSYSTEMS,
): string => lockFormats(ecosystems).map(nameOf).join(' or ');

/** What a lock or an input is of, by its name: `debs.lock.yaml`, `debs-extra.in.yaml`. Null for any other name. */
export function lockFormatNamed(path: string, ecosystems: Ecosystems = ECOSYSTEMS): LockFormat | null {
  const name = basename(path);
  return lockFormats(ecosystems).find(({ stem }) => name.startsWith(stem)) ?? null;
}

/** @throws TwinproofError lock-invalid for a file whose name does not say what is in it */
export function lockFormatOf(path: string, ecosystems: Ecosystems = ECOSYSTEMS): LockFormat {
  const format = lockFormatNamed(path, ecosystems);
  if (format !== null) return format;
  throw new TwinproofError('lock-invalid', 'its name does not say of what packages it is', {
    where: path,
    hint: `name it ${fileNames(lockFile, ecosystems)}`,
  });
}

/** What the locks of a kind are like. @throws Error for a kind that no ecosystem has */
export function lockFormatOfKind(kind: string, ecosystems: Ecosystems = ECOSYSTEMS): LockFormat {
  const format = lockFormats(ecosystems).find((known) => known.kind === kind);
  if (format === undefined) throw new Error(`no ecosystem has locks of the kind ${kind}`);
  return format;
}
