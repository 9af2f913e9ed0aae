import { createTwoFilesPatch } from 'diff';
import { oneField } from '../fields.ts';
import { FormatFault, OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { decode, type Decoded } from './text-encoding.ts';

/** Bounds that keep the result readable and, unlike a timeout, the same on every machine. */
const MAX_TEXT = 4 * 2 ** 20;
const MAX_LINES = 50_000;
const MAX_EDITS = 1000;
const MAX_DIFF = 64 * 1024;
/** Only a net below the other bounds: none of them takes nearly as long. */
const TIMEOUT_MS = 20_000;

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** How lines end; null where both ways are mixed or there is no line. */
function lineEndings(text: string): string | null {
  const feeds = countLines(text) - 1;
  const pairs = text.split('\r\n').length - 1;
  return feeds === 0 ? null : pairs === 0 ? 'LF' : pairs === feeds ? 'CRLF' : 'mixed';
}

function edits(patch: string): number {
  return patch.split('\n').filter((line) => /^[+-]/.test(line)).length;
}

/**
 * Unified diff with three lines of context, cut at 64 KiB.
 * @returns null when they differ too much
 */
export function unifiedDiff(a: string, b: string, names: [string, string] = ['a', 'b']): string | null {
  if (countLines(a) > MAX_LINES || countLines(b) > MAX_LINES) return null;
  const options = { context: 3, maxEditLength: MAX_EDITS, timeout: TIMEOUT_MS };
  // The types leave out that it gives up, with `undefined`, at maxEditLength.
  const patch = createTwoFilesPatch(...names, a, b, undefined, undefined, options);
  if (patch === undefined) return null;
  const body = patch.slice(patch.indexOf('--- '));
  if (body.length <= MAX_DIFF) return body;
  const end = body.lastIndexOf('\n', MAX_DIFF);
  return `${body.slice(0, end < 0 ? MAX_DIFF : end)}\n[cut off]\n`;
}

/** Steps of Myers' algorithm grow with the square of the edits; a step counts as a byte. */
function charge(walk: Walk, patch: string | null): void {
  const steps = patch === null ? MAX_EDITS : Math.min(MAX_EDITS, edits(patch));
  walk.spend(steps ** 2);
}

/** Lines of each side that stand for texts which have too little in common. */
const BEGINNING = 20;

/** The first lines that differ, written as a diff that is cut off. */
function beginning(a: string, b: string, [nameA, nameB]: [string, string] = ['a', 'b']): string {
  const [linesA, linesB] = [a.split('\n'), b.split('\n')];
  const found = linesA.findIndex((line, number) => line !== linesB[number]);
  const at = found < 0 ? linesA.length : found;
  const some = (lines: string[], sign: string): string[] =>
    lines.slice(at, at + BEGINNING).map((line) => `${sign}${line.slice(0, MAX_DIFF / 4 / BEGINNING)}`);
  const [one, other] = [some(linesA, '-'), some(linesB, '+')];
  const hunk = `@@ -${at + 1},${one.length} +${at + 1},${other.length} @@`;
  return [`--- ${nameA}`, `+++ ${nameB}`, hunk, ...one, ...other, '[cut off]', ''].join('\n');
}

/** Unified diff of two texts within the budget, or where they begin to differ. */
export function textFound(a: string, b: string, walk: Walk, names?: [string, string]): FormatResult {
  const patch = unifiedDiff(a, b, names);
  charge(walk, patch);
  return patch === null
    ? { diff: beginning(a, b, names), limits: ['size'] }
    : { diff: patch, ...(patch.endsWith('\n[cut off]\n') ? { limits: ['size' as const] } : {}) };
}

function labels(a: Decoded, b: Decoded): [string, string] {
  const label = (side: string, { encoding }: Decoded): string =>
    encoding === 'utf-8' ? side : `${side} (${encoding})`;
  return [label('a', a), label('b', b)];
}

function compare(bytesA: Buffer, bytesB: Buffer, walk: Walk): FormatResult {
  if (bytesA.length > MAX_TEXT || bytesB.length > MAX_TEXT) throw new OverLimit('size');
  const [a, b] = [decode(bytesA), decode(bytesB)];
  if (a === null || b === null) throw new FormatFault('no text');
  const [endA, endB] = [lineEndings(a.text), lineEndings(b.text)];
  const fields = [
    ...oneField('encoding', a.encoding, b.encoding, 0),
    ...(endA === null || endB === null ? [] : oneField('line-endings', endA, endB)),
  ];
  const plain = (text: string): string => text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  const [one, other] = fields.length === 0 ? [a.text, b.text] : [plain(a.text), plain(b.text)];
  return one === other ? { fields } : { fields, ...textFound(one, other, walk, labels(a, b)) };
}

/** Text in UTF-8, UTF-16 or UTF-32, or in an encoding of one byte or more a character that has no controls. */
export const text: Format = {
  name: 'text',
  detects: (bytes) => decode(bytes) !== null,
  compare,
};
