import { LIMITS } from './budget.ts';
import type { Walk } from './format.ts';
import { textFound } from './formats/text.ts';
import { bytesFound } from './hex.ts';
import type { InsideDiff } from './types.ts';

const SHORTEST = 4;
const MAX_STRINGS = 40_000;

/** Printable runs of at least four bytes, one a line; tabs and line feeds inside a run count as printable. */
export function stringsOf(bytes: Buffer): string {
  const found = bytes.toString('latin1').match(/[\t\n\u0020-\u007e]{4,}/g) ?? [];
  return found
    .slice(0, MAX_STRINGS)
    .filter((text) => text.trim().length >= SHORTEST)
    .map((text) => `${text.replace(/\n$/, '')}\n`)
    .join('');
}

/** How the texts in two binary parts differ; where they do not, the bytes around the first differences. */
export function stringsNode(part: string, a: Buffer, b: Buffer, walk: Walk): InsideDiff | null {
  walk.spend(a.length + b.length);
  const found = bytesFound(a, b);
  if (a.length > LIMITS.partBytes / 4 || b.length > LIMITS.partBytes / 4) {
    return walk.node('bytes', part, { ...found, limits: ['size'] });
  }
  const [one, other] = [stringsOf(a), stringsOf(b)];
  if (one === other) return walk.node('bytes', part, found);
  return walk.node('strings', part, { ...textFound(one, other, walk), ...found });
}
