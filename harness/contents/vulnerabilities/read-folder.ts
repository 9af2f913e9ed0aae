import type { Dirent } from 'node:fs';
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

/** What advisories are packed in, or written one a line, when they are fetched by the thousand. */
const PACKED = /\.(?:zip|gz|tgz|xz|bz2|zst|tar|jsonl|ndjson)$/i;
/** OSV as some databases keep it in their repositories. */
const YAML = /\.ya?ml$/i;
const OSV_YAML = /^id:\s*\S[\s\S]*^(?:affected|modified|details):/m;

/**
 * The JSON documents below a folder, one at a time, in the order of their paths; a list of documents counts as each of them,
 * and so does the answer of osv.dev. What would be passed over though it may hold documents ends it: links, archives, lines of
 * JSON, OSV in YAML.
 * @throws TwinproofError `catalog-invalid` for such a file, one that is no JSON or too large, and where there are too many
 */
export async function* documentsIn(folder: string, within = ''): AsyncGenerator<FolderDocument, void> {
  let files = 0;
  for await (const file of namesIn(folder, within)) {
    files += 1;
    if (files > MAX_FILES) throw invalid(`holds more than ${MAX_FILES} documents`, folder);
    const value = await read(join(folder, file), file);
    for (const one of listOf(value)) if (isObject(one)) yield { file, value: one };
  }
}

function listOf(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) && Array.isArray(value.vulns) ? value.vulns : [value];
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
    else if (entry.isFile() && /\.json$/i.test(entry.name)) yield path;
    else await refuseHidden(folder, path, entry);
  }
}

/** @throws TwinproofError `catalog-invalid` for what may hold documents and is not read */
async function refuseHidden(folder: string, path: string, entry: Dirent): Promise<void> {
  if (entry.isSymbolicLink())
    throw invalid('is a symbolic link, which is not followed (copy the file)', path);
  if (PACKED.test(entry.name)) throw invalid('is not read; only `*.json` is (unpack it)', path);
  if (!entry.isFile() || !YAML.test(entry.name)) return;
  const { size } = await stat(join(folder, path));
  if (size > MAX_BYTES || OSV_YAML.test(await readFile(join(folder, path), 'utf8')))
    throw invalid('is OSV in YAML, which is not read (convert it to JSON)', path);
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
