import { join, relative } from 'node:path';
import { realpath } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { git } from '../catalog/git.ts';
import { readBounded } from '../catalog/read-bounded.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { MAX_YAML_BYTES, parseYaml } from '../catalog/yaml-source.ts';
import { TwinproofError } from '../errors.ts';

type Entries = Record<string, unknown>;

/** What concerns every subject; `name` and `whenGone` change no image. */
const SHARED = ['version', 'builder', 'defaults', 'origins', 'builtPackages', 'suites'];

/**
 * Tells of which subjects the catalog file itself says something else than in an earlier commit: their entry, or what
 * all share. Where the earlier file cannot be compared, that is all of them.
 */
export async function changedEntries(
  catalog: Catalog,
  { top, commit, changed }: { top: string; commit: string; changed: ReadonlySet<string> },
): Promise<(subject: Subject) => boolean> {
  if (catalog.file === null) return () => false;
  const file = await realpath(catalog.file);
  if (!changed.has(file)) return () => false;
  const before = await git(top, ['cat-file', 'blob', `${commit}:${relative(top, file)}`]);
  if ('fault' in before) return () => true;
  const old = parseOld(before.output, join(commit, relative(top, file)));
  const now = parseYaml(await readBounded(file, MAX_YAML_BYTES), catalog.file).value as Entries;
  if (old === null || !isDeepStrictEqual(pick(old), pick(now))) return () => true;
  const oldEntries = entriesOf(old);
  const newEntries = entriesOf(now);
  return ({ image, variant }) => {
    const key = `${image}/${variant}`;
    return !isDeepStrictEqual(oldEntries.get(key), newEntries.get(key));
  };
}

function parseOld(text: string, name: string): Entries | null {
  try {
    const { value } = parseYaml(new TextEncoder().encode(text), name);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof TwinproofError) return null;
    throw error;
  }
}

function pick(file: Entries): unknown[] {
  return SHARED.map((key) => file[key]);
}

/** Entries by image and variant; several, for different platforms, together. */
function entriesOf(file: Entries): Map<string, Entries[]> {
  const found = new Map<string, Entries[]>();
  for (const entry of Array.isArray(file.subjects) ? (file.subjects as unknown[]) : []) {
    if (!isRecord(entry)) continue;
    const { image, variant = 'default' } = entry;
    if (typeof image !== 'string' || typeof variant !== 'string') continue;
    const key = `${image}/${variant}`;
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return found;
}

function isRecord(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
