import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evidence } from '../../record/events.ts';

export type EvidenceText = { text: string; cut: number } | { fault: string };

/** Bytes; larger evidence is not even hashed for a page, and stays where it is. */
const MAX_READ = 64 * 1024 ** 2;

/**
 * The last `tail` bytes of a piece of evidence as text, or all of it, after its digest was checked. A file that is gone
 * or does not have its digest any more is a fault, and is shown as one.
 */
export async function readEvidence(
  folder: string,
  { digest, size }: Evidence,
  tail = MAX_READ,
): Promise<EvidenceText> {
  const hex = digest.replace('sha256:', '');
  if (size > MAX_READ) return { fault: `too large to show (${size} bytes); it is evidence/sha256/${hex}` };
  const bytes = await readAtMost(join(folder, 'evidence', 'sha256', hex), size + 1).catch(() => null);
  if (bytes === null) return { fault: `the evidence ${hex} is not there` };
  if (bytes.length !== size || createHash('sha256').update(bytes).digest('hex') !== hex)
    return { fault: `the evidence ${hex} was changed: its digest is another` };
  const cut = Math.max(0, size - tail);
  return { text: bytes.subarray(cut).toString(), cut };
}

/** The beginning of a file; all of it where it is no longer than that. */
async function readAtMost(path: string, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const bytes = Buffer.allocUnsafe(length);
    let held = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, held, length - held);
      held += bytesRead;
      if (bytesRead === 0 || held === length) return bytes.subarray(0, held);
    }
  } finally {
    await file.close();
  }
}
