import type { DifferenceSite } from './types.ts';

/** Names and numbers of a format take as many bytes, whatever they read like. */
const FIELD = 8;

const bytes = (text: string): number => Buffer.byteLength(text);

/** About how many bytes of a file a site stands for: those of the longer side. */
export function weightOf({ kind, name, format, a, b, weight }: DifferenceSite): number {
  if (weight !== undefined) return weight;
  if (format === 'unseen' || name === 'final-newline') return 1;
  if (kind === 'attribute') return 0;
  if (kind === 'bytes') return Math.max(a.length, b.length) / 2;
  return kind === 'field' ? Math.min(FIELD, Math.max(bytes(a), bytes(b))) : Math.max(bytes(a), bytes(b), 1);
}

/**
 * About how many bytes of a file differ in some of its sites. What was not looked at is as large as what is left of it.
 * @param all that differs in the file
 * @param size of the file, in bytes
 */
export function bytesOf(
  sites: readonly DifferenceSite[],
  all: readonly DifferenceSite[],
  size: number,
): number {
  const unseen = ({ format }: DifferenceSite): boolean => format === 'unseen';
  const seen = weightOfAll(all.filter((site) => !unseen(site)));
  const rest = sites.some(unseen) ? Math.max(1, size - seen) : 0;
  return Math.round(weightOfAll(sites.filter((site) => !unseen(site))) + rest);
}

export const weightOfAll = (sites: readonly DifferenceSite[]): number =>
  sites.reduce((sum, site) => sum + weightOf(site), 0);
