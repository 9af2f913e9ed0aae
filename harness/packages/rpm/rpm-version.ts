import { compareText } from '../../model/text-order.ts';
/**
 * Order of RPM versions, `[epoch:]version[-release]` (rpm-version(7); rpmio/rpmvercmp.c describes the steps).
 * A missing epoch is 0; a missing release sorts before any release.
 * @returns a number below, equal to or above 0, as for `Array.sort`
 */
export function compareRpmVersions(a: string, b: string): number {
  const left = splitEvr(a);
  const right = splitEvr(b);
  return (
    compareNumbers(left.epoch, right.epoch) ||
    compareSegments(left.version, right.version) ||
    compareReleases(left.release, right.release)
  );
}

interface Evr {
  epoch: string;
  version: string;
  release: string | null;
}

/** Parts of an EVR. Only digits before the first `:` are an epoch; the release begins after the last `-`. */
export function splitEvr(evr: string): Evr {
  const colon = evr.indexOf(':');
  const hasEpoch = colon > 0 && /^[0-9]+$/.test(evr.slice(0, colon));
  const rest = hasEpoch ? evr.slice(colon + 1) : evr;
  const dash = rest.lastIndexOf('-');
  return {
    epoch: hasEpoch ? evr.slice(0, colon) : '0',
    version: dash === -1 ? rest : rest.slice(0, dash),
    release: dash === -1 ? null : rest.slice(dash + 1),
  };
}

function compareReleases(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareSegments(a, b);
}

type Segment = { kind: 'tilde' | 'caret' | 'end' } | { kind: 'number' | 'letters'; text: string };

/**
 * What a version consists of: `~` (before everything, even the end), `^` (after the end, before anything else),
 * numbers and runs of ASCII letters; all else only separates.
 */
function* segmentsOf(version: string): Generator<Segment, void> {
  for (const [text] of version.matchAll(/[0-9]+|[A-Za-z]+|[~^]/g)) {
    if (text === '~') yield { kind: 'tilde' };
    else if (text === '^') yield { kind: 'caret' };
    else yield { kind: /^[0-9]/.test(text) ? 'number' : 'letters', text };
  }
  for (;;) yield { kind: 'end' };
}

const RANK = { tilde: 0, end: 1, caret: 2, letters: 3, number: 4 } as const;

function compareSegments(a: string, b: string): number {
  const left = segmentsOf(a);
  const right = segmentsOf(b);
  for (;;) {
    const one = left.next().value as Segment;
    const two = right.next().value as Segment;
    const difference = compareSegment(one, two);
    if (difference !== 0) return difference;
    if (one.kind === 'end') return 0;
  }
}

function compareSegment(one: Segment, two: Segment): number {
  if (one.kind === 'number' && two.kind === 'number') return compareNumbers(one.text, two.text);
  if (one.kind === 'letters' && two.kind === 'letters') return compareText(one.text, two.text);
  return RANK[one.kind] - RANK[two.kind];
}

/** Decimal numbers of any length, leading zeros ignored. */
function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  return left.length - right.length || compareText(left, right);
}
