import type { Evidence } from '../../record/events.ts';
import { readEvidence as readRecorded } from '../../record/read-evidence.ts';

export type EvidenceText = { text: string; cut: number } | { fault: string };

/** Bytes; larger evidence is not even hashed for a page, and stays where it is. */
const MAX_READ = 64 * 1024 ** 2;
/** The same for a Containerfile. */
export const MAX_RECIPE = 1024 ** 2;
/** The same for a picture, which the page holds whole. */
const MAX_IMAGE = 512 * 1024;

/**
 * The last `tail` bytes of a piece of evidence as text, or all of it, after its digest was checked. A file that is gone
 * or does not have its digest any more is a fault, and is shown as one.
 */
export async function readEvidence(
  folder: string,
  evidence: Evidence,
  { tail = MAX_READ, limit = MAX_READ }: { tail?: number; limit?: number } = {},
): Promise<EvidenceText> {
  const bytes = await readBytes(folder, evidence, limit);
  if ('fault' in bytes) return bytes;
  const cut = Math.max(0, bytes.length - tail);
  return { text: bytes.subarray(cut).toString(), cut };
}

/** A picture as an address that holds all of it. Only what begins as a PNG does becomes one. */
export async function readImage(
  folder: string,
  evidence: Evidence,
): Promise<{ address: string } | { fault: string }> {
  const bytes = await readBytes(folder, evidence, MAX_IMAGE);
  if ('fault' in bytes) return bytes;
  if (!bytes.subarray(0, PNG.length).equals(PNG)) return { fault: `${evidence.name} is no PNG` };
  return { address: `data:image/png;base64,${bytes.toString('base64')}` };
}

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

async function readBytes(
  folder: string,
  evidence: Evidence,
  limit: number,
): Promise<Buffer | { fault: string }> {
  const hex = evidence.digest.replace('sha256:', '');
  if (evidence.size > limit)
    return { fault: `too large to show (${evidence.size} bytes); it is evidence/sha256/${hex}` };
  const bytes = await readRecorded(folder, evidence);
  if (bytes === 'missing') return { fault: `the evidence ${hex} is not there` };
  return bytes === 'changed' ? { fault: `the evidence ${hex} was changed: its digest is another` } : bytes;
}
