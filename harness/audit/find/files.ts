import { open } from 'node:fs/promises';
import { TwinproofError } from '../../errors.ts';
import { sha256 } from '../../model/digest.ts';
import { MAX_REFERRERS } from '../../oci/limits.ts';
import type { FoundStatement } from './types.ts';

/** Of all attestations in one file. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const JSON_LINES = 'application/json';

/**
 * Attestations in a file: one document, or one a line as `cosign download attestation` prints them.
 * @throws TwinproofError usage
 */
export async function findInFile(path: string): Promise<Omit<FoundStatement, 'id'>[]> {
  const bytes = await readBounded(path);
  const lines = linesOf(bytes);
  if (lines.length > MAX_REFERRERS)
    throw new TwinproofError('usage', `more than ${MAX_REFERRERS} lines`, { where: path });
  const documents =
    lines.length > 1 && lines.every(({ text }) => isJson(text)) ? lines : [{ number: 0, text: bytes }];
  return documents.map(({ number, text }) => ({
    place: 'file',
    where: number === 0 ? path : `${path}:${number}`,
    about: null,
    mediaType: JSON_LINES,
    digest: sha256(text),
    size: text.length,
    annotations: {},
    read: () => Promise.resolve(text),
  }));
}

/** Bytes, so that what was signed is not decoded and encoded again. */
function linesOf(bytes: Buffer): { number: number; text: Buffer }[] {
  const lines: { number: number; text: Buffer }[] = [];
  let number = 1;
  for (let start = 0; start < bytes.length; number++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    const text = bytes.subarray(start, end);
    if (text.some((byte) => byte > 0x20)) lines.push({ number, text });
    start = end + 1;
  }
  return lines;
}

/** Whether a line could be a document of its own; one that is broken on purpose counts too, so that it is reported. */
const isJson = (line: Buffer): boolean => line[0] === 0x7b;

async function readBounded(path: string): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size <= MAX_FILE_BYTES) return await file.readFile();
  } catch (cause) {
    throw new TwinproofError('usage', 'could not read it', { where: path, cause });
  }
  throw new TwinproofError('usage', `larger than ${MAX_FILE_BYTES} bytes`, { where: path });
}
