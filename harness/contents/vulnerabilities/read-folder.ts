import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { compareText } from '../../model/text-order.ts';
import { parseJson } from '../../oci/json.ts';
import type { Json, JsonObject } from '../../oci/types.ts';

const MAX_FILES = 1_000_000;
const MAX_BYTES = 128 * 2 ** 20;

/** One JSON document below a folder, and where. */
export interface FolderDocument {
  /** Relative to the folder. */
  file: string;
  value: JsonObject;
}

/**
 * The JSON documents below a folder, one at a time, in the order of their paths. Links are not followed; a list of documents
 * counts as each of them.
 * @throws TwinproofError `catalog-invalid` for a file that is no JSON or too large, and where there are too many
 */
export async function* documentsIn(folder: string, within = ''): AsyncGenerator<FolderDocument, void> {
  let files = 0;
  for await (const file of namesIn(folder, within)) {
    files += 1;
    if (files > MAX_FILES) throw invalid(`holds more than ${MAX_FILES} documents`, folder);
    const value = await read(join(folder, file), file);
    for (const one of Array.isArray(value) ? value : [value]) if (isObject(one)) yield { file, value: one };
  }
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const invalid = (message: string, where: string): TwinproofError =>
  new TwinproofError('catalog-invalid', message, { where });

async function* namesIn(folder: string, within: string): AsyncGenerator<string, void> {
  const entries = await readdir(join(folder, within), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => compareText(a.name, b.name))) {
    const path = join(within, entry.name);
    if (entry.isDirectory()) yield* namesIn(folder, path);
    else if (entry.isFile() && entry.name.endsWith('.json')) yield path;
  }
}

async function read(path: string, file: string): Promise<Json> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw invalid(`is larger than ${MAX_BYTES / 2 ** 20} MiB`, file);
  try {
    return parseJson(await readFile(path), file);
  } catch (cause) {
    if (!(cause instanceof TwinproofError)) throw cause;
    throw new TwinproofError('catalog-invalid', cause.message, { where: file, cause });
  }
}
