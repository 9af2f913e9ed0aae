import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
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
  evidence: Evidence,
  tail = MAX_READ,
): Promise<EvidenceText> {
  const hex = evidence.digest.replace('sha256:', '');
  if (evidence.size > MAX_READ)
    return { fault: `too large to show (${evidence.size} bytes); it is evidence/sha256/${hex}` };
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let held = 0;
  let size = 0;
  try {
    const stream = createReadStream(join(folder, 'evidence', 'sha256', hex), { end: MAX_READ });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      kept.push(chunk);
      held += chunk.length;
      while (held - (kept[0]?.length ?? 0) >= tail) held -= kept.shift()?.length ?? 0;
    }
  } catch {
    return { fault: `the evidence ${hex} is not there` };
  }
  if (hash.digest('hex') !== hex) return { fault: `the evidence ${hex} was changed: its digest is another` };
  const bytes = Buffer.concat(kept);
  return { text: bytes.subarray(Math.max(0, bytes.length - tail)).toString(), cut: Math.max(0, size - tail) };
}
