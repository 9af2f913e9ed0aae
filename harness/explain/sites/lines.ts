import type { DifferenceSite } from '../types.ts';
import { pairAlike } from '../alike.ts';
import { datesIn } from '../dates.ts';

/** A run of changed lines of a unified diff. */
export interface Hunk {
  /** Number of the first line in B, counted from 1. */
  line: number;
  removed: string[];
  added: string[];
}

/** Lines that differ, from a unified diff with or without its two header lines. */
export function parseHunks(diff: string): Hunk[] {
  const hunks: Hunk[] = [];
  let open: Hunk | null = null;
  let line = 1;
  let begun = false;
  for (const text of diff.split('\n')) {
    const head = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (head !== null) {
      begun = true;
      line = Number(head[1]);
      open = null;
    } else if (begun && (text.startsWith('-') || text.startsWith('+'))) {
      if (open === null) {
        open = { line, removed: [], added: [] };
        hunks.push(open);
      }
      if (text.startsWith('-')) open.removed.push(text.slice(1));
      else {
        open.added.push(text.slice(1));
        line += 1;
      }
    } else if (begun && text.startsWith(' ')) {
      open = null;
      line += 1;
    }
  }
  return hunks;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, at) => item === b[at]);

/** The same items, in another order. */
export function isPermutation(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 1 && a.length === b.length && !same(a, b) && same(a.toSorted(), b.toSorted());
}

interface Token {
  text: string;
  from: number;
  to: number;
}

/** Words (with what paths, versions, host names and times are made of), and each other character by itself. */
function tokens(line: string): Token[] {
  return [...line.matchAll(/[\p{L}\p{N}_.+:@%/~-]+|\s+|[^]/gu)].map((match) => ({
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
  }));
}

interface Region {
  from: number;
  to: number;
}

/** Characters that belong to a word only inside of it, as in `:8080` after a quoted key. */
const EDGE = /[:=,@%~+]/;

/** Two words without the punctuation that both begin or end with. */
function trimmed(one: Token, other: Token): [Region, Region] {
  const room = Math.min(one.text.length, other.text.length) - 1;
  let head = 0;
  while (head < room && one.text[head] === other.text[head] && EDGE.test(one.text[head] ?? '')) head += 1;
  let tail = 0;
  while (
    tail < room - head &&
    one.text.at(-1 - tail) === other.text.at(-1 - tail) &&
    EDGE.test(one.text.at(-1 - tail) ?? '')
  )
    tail += 1;
  const cut = ({ from, to }: Token): Region => ({ from: from + head, to: to - tail });
  return [cut(one), cut(other)];
}

/** Pairs of regions in which two lines differ. */
function differingRegions(a: string, b: string): [Region, Region][] {
  const [one, other] = [tokens(a), tokens(b)];
  if (one.length === other.length) {
    return one.flatMap((token, at): [Region, Region][] => {
      const match = other[at];
      return match === undefined || match.text === token.text ? [] : [trimmed(token, match)];
    });
  }
  let head = 0;
  while (head < one.length && head < other.length && one[head]?.text === other[head]?.text) head += 1;
  let tail = 0;
  const room = Math.min(one.length, other.length) - head;
  while (tail < room && one.at(-1 - tail)?.text === other.at(-1 - tail)?.text) tail += 1;
  const region = (list: readonly Token[]): Region => ({
    from: list[head]?.from ?? list.at(-1)?.to ?? 0,
    to: list[list.length - 1 - tail]?.to ?? 0,
  });
  return [[region(one), region(other)]];
}

/** A region widened to the dates that it touches, so that `27` becomes `Tue Nov 24 20:01:27 UTC 2026`. */
function widened(line: string, region: Region): Region {
  let { from, to } = region;
  for (const date of datesIn(line)) {
    if (date.from < to && from < date.to) [from, to] = [Math.min(from, date.from), Math.max(to, date.to)];
  }
  return { from, to: Math.max(from, to) };
}

/** `user@host`, but no locale such as `et_EE.UTF-8@name`. */
const AT = /^(?![a-z]{2,3}_[A-Z]{2})[a-z_][\w.-]*@[a-z0-9][\w.-]*$/i;

/** User and host apart, so that each can have its own cause. */
function userAndHost(a: string, b: string, [left, right]: [Region, Region]): [Region, Region][] {
  const [one, other] = [a.slice(left.from, left.to), b.slice(right.from, right.to)];
  if (!AT.test(one) || !AT.test(other)) return [[left, right]];
  const parts = ({ from, to }: Region, text: string): [Region, Region] => {
    const at = from + text.indexOf('@');
    return [
      { from, to: at },
      { from: at + 1, to },
    ];
  };
  const [[userA, hostA], [userB, hostB]] = [parts(left, one), parts(right, other)];
  const pairs: [Region, Region][] = [
    [userA, userB],
    [hostA, hostB],
  ];
  return pairs.filter(([x, y]) => a.slice(x.from, x.to) !== b.slice(y.from, y.to));
}

type Where = Pick<DifferenceSite, 'format' | 'part'>;

const words = (line: string): string[] => line.match(/[^\s,;:{}[\]()'"]+/g) ?? [];

const MAX_LINE = 16_384;

/** Spots of two lines that stand for one another. */
export function lineSites(a: string, b: string, where: Where, place: string): DifferenceSite[] {
  const base = { ...where, name: '', place, lineA: a, lineB: b };
  if (a.length > MAX_LINE || b.length > MAX_LINE) return [{ ...base, kind: 'lines', a, b }];
  const [one, other] = [words(a), words(b)];
  if (one.length > 2 && isPermutation(one, other)) {
    return [{ ...base, kind: 'order', a: one.join('\n'), b: other.join('\n') }];
  }
  const sites = new Map<string, DifferenceSite>();
  for (const [left, right] of differingRegions(a, b).flatMap((pair) => userAndHost(a, b, pair))) {
    const [from, to] = [widened(a, left), widened(b, right)];
    const site: DifferenceSite = {
      ...base,
      kind: 'text',
      a: a.slice(from.from, from.to),
      b: b.slice(to.from, to.to),
    };
    sites.set(`${from.from} ${to.from}`, site);
  }
  return [...sites.values()];
}

/** Lines of A and of B, as far as the diff has them. */
function sides(diff: string): [string[], string[]] {
  const body = diff.slice(Math.max(0, diff.search(/^@@ /m))).split('\n');
  const side = (signs: string): string[] =>
    body.filter((line) => line !== '' && signs.includes(line[0] ?? '')).map((line) => line.slice(1));
  return [side(' -'), side(' +')];
}

/** A last line that ends in a line feed on one side only; diff(1) says so below the line. */
function endSites(diff: string, where: Where): DifferenceSite[] {
  const ends = [...diff.matchAll(/^([-+ ]).*\n\\ No newline at end of file$/gm)].map(([, sign]) => sign);
  const [a, b] = [ends.includes('-'), ends.includes('+')].map((lacks) => (lacks ? 'none' : 'a line feed'));
  if (a === undefined || b === undefined || a === b) return [];
  return [
    {
      ...where,
      kind: 'field',
      name: 'final-newline',
      place: 'end of the last line',
      a,
      b,
      lineA: a,
      lineB: b,
    },
  ];
}

/** Spots of a unified diff. */
export function textSites(diff: string, where: Where): DifferenceSite[] {
  return [...contentSites(diff, where), ...endSites(diff, where)];
}

function contentSites(diff: string, where: Where): DifferenceSite[] {
  const hunks = parseHunks(diff);
  const [one, other] = sides(diff);
  const cut = diff.endsWith('[cut off]\n');
  const bare = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/[,;]?\s*$/, ''));
  if (!cut && isPermutation(bare(one), bare(other))) {
    const place = `lines from ${hunks[0]?.line ?? 1}`;
    const [a, b] = [one.join('\n'), other.join('\n')];
    return [{ ...where, kind: 'order', name: '', place, a, b, lineA: a, lineB: b }];
  }
  if (where.format === 'strings' && !cut) return movedSites(hunks, where);
  return hunks.flatMap((hunk) => hunkSites(hunk, where));
}

/** Linkers merge and sort strings, so that one that differs may stand at another place: the most alike are paired. */
function movedSites(hunks: readonly Hunk[], where: Where): DifferenceSite[] {
  const removed = hunks.flatMap((hunk) => hunk.removed.map((text) => ({ text, line: hunk.line })));
  const added = hunks.flatMap((hunk) => hunk.added);
  if (removed.length !== added.length) return hunks.flatMap((hunk) => hunkSites(hunk, where));
  const pairs = pairAlike(
    removed.map(({ text }) => text),
    added,
  );
  return pairs.flatMap(([a, b], at) =>
    a === b ? [] : lineSites(a, b, where, `line ${removed[at]?.line ?? 1}`),
  );
}

function hunkSites({ line, removed, added }: Hunk, where: Where): DifferenceSite[] {
  if (removed.length === added.length) {
    return removed.flatMap((text, at) => lineSites(text, added[at] ?? '', where, `line ${line + at}`));
  }
  const [a, b] = [removed.join('\n'), added.join('\n')];
  return [{ ...where, kind: 'lines', name: '', place: `lines from ${line}`, a, b, lineA: a, lineB: b }];
}
