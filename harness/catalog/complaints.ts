import { TwinproofError } from '../errors.ts';
import type { CatalogPlace } from './types.ts';

/** One thing that is wrong, where it is; the text says what, why and how to fix it, in one line. */
export interface Complaint {
  place: CatalogPlace;
  text: string;
}

const MAX_SHOWN = 50;

/** All complaints as one error, in the order of the file, one line each. */
export function catalogInvalid(complaints: readonly Complaint[]): TwinproofError {
  const sorted = complaints.toSorted((a, b) => comparePlaces(a.place, b.place));
  const [first, ...others] = sorted.slice(0, MAX_SHOWN);
  if (first === undefined) throw new Error('an invalid catalog needs a complaint');
  const lines = [first.text, ...others.map(({ place, text }) => `${placeText(place)}: ${text}`)];
  if (sorted.length > MAX_SHOWN) lines.push(`and ${sorted.length - MAX_SHOWN} more`);
  return new TwinproofError('catalog-invalid', lines.join('\n'), { where: placeText(first.place) });
}

function comparePlaces(a: CatalogPlace, b: CatalogPlace): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** `file:line:column`. */
export function placeText({ file, line, column }: CatalogPlace): string {
  return `${printable(file)}:${line}:${column}`;
}

const MAX_QUOTED = 80;

/** Text from outside in quotes, shortened, with everything escaped that could steer a terminal or reorder text. */
export function quoted(text: string): string {
  const short = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return `"${printable(short.replaceAll(/["\\]/g, '\\$&'))}"`;
}

/** Escapes control, invisible and unassigned characters, and line ends. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The known name that a mistyped one most likely means; null when none is near. */
export function nearest(name: string, known: Iterable<string>): string | null {
  const short = name.slice(0, 64);
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(short.toLowerCase(), candidate.toLowerCase());
    if (
      distance <= Math.max(1, Math.floor(candidate.length / 3)) &&
      distance < (best?.distance ?? Infinity)
    ) {
      best = { candidate, distance };
    }
  }
  return best?.candidate ?? null;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
