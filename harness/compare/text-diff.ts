import { createTwoFilesPatch } from 'diff';
import { MAX_TEXT } from '../oci/layers/recent-texts.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import { readContents } from '../oci/layers/files.ts';
import type { TreeFile } from '../oci/layers/tree.ts';
import type { OciImage } from '../oci/types.ts';
import { both } from './both.ts';
import type { Difference } from './tree-diff.ts';

/** Bounds that keep the result readable and, unlike a timeout, the same on every machine. */
const MAX_FILES = 200;
const MAX_LINES = 20_000;
const MAX_EDITS = 1000;
const MAX_DIFF = 64 * 1024;
/** Only a net below the other bounds: none of them takes nearly as long. */
const TIMEOUT_MS = 20_000;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text, or null for binary. */
function asText(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null;
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** Unified diff with three lines of context, cut at 64 KiB; null when one side is binary or they differ too much. */
export function unifiedDiff(a: Buffer, b: Buffer): string | null {
  const [one, other] = [asText(a), asText(b)];
  if (one === null || other === null) return null;
  if (countLines(one) > MAX_LINES || countLines(other) > MAX_LINES) return null;
  const options = { context: 3, maxEditLength: MAX_EDITS, timeout: TIMEOUT_MS };
  // The types leave out that it gives up, with `undefined`, at maxEditLength.
  const patch = createTwoFilesPatch('a', 'b', one, other, undefined, undefined, options);
  if (patch === undefined) return null;
  const body = patch.slice(patch.indexOf('--- '));
  if (body.length <= MAX_DIFF) return body;
  const end = body.lastIndexOf('\n', MAX_DIFF);
  return `${body.slice(0, end < 0 ? MAX_DIFF : end)}\n[cut off]\n`;
}

function isCandidate({ a, b, fields }: Difference): boolean {
  if (a?.record.type !== 'file' || b?.record.type !== 'file' || !fields.includes('content')) return false;
  if (a.record.binary || b.record.binary) return false;
  return a.record.size <= MAX_TEXT && b.record.size <= MAX_TEXT;
}

/**
 * Unified diffs of the first files that differ in content and are small texts.
 * @param known content that is at hand already
 * @throws TwinproofError image-invalid
 */
export async function textDiffs(
  a: OciImage,
  b: OciImage,
  differences: readonly Difference[],
  known: ReadonlyMap<EntryRecord, Buffer>,
): Promise<Map<Difference, string>> {
  const candidates = differences.filter(isCandidate).slice(0, MAX_FILES);
  const missing = (pick: (difference: Difference) => TreeFile | null): EntryRecord[] =>
    candidates.flatMap((difference) => pick(difference)?.record ?? []).filter((record) => !known.has(record));
  const [contentsA, contentsB] = await both(
    readContents(
      a,
      missing((difference) => difference.a),
    ),
    readContents(
      b,
      missing((difference) => difference.b),
    ),
  );
  const contentOf = (file: TreeFile | null): Buffer | undefined =>
    file === null
      ? undefined
      : (known.get(file.record) ?? contentsA.get(file.record) ?? contentsB.get(file.record));
  const diffs = new Map<Difference, string>();
  for (const difference of candidates) {
    const one = contentOf(difference.a);
    const other = contentOf(difference.b);
    const diff = one === undefined || other === undefined ? null : unifiedDiff(one, other);
    if (diff !== null) diffs.set(difference, diff);
  }
  return diffs;
}
