import { LIMITS, type Budget } from './budget.ts';
import { Digests } from './digests.ts';
import { OverLimit, type Format, type FormatResult, type Walk } from './format.ts';
import { FORMATS } from './formats.ts';
import { bytesFound } from './hex.ts';
import type { InsideDiff, InsideField, InsideLimit } from './types.ts';

function detect(bytes: Buffer): Format[] {
  return FORMATS.filter((format) => {
    try {
      return format.detects(bytes);
    } catch {
      // Too short for what it looks at.
      return false;
    }
  });
}

/** Nothing is named: then the node only says that the part differs. */
function saysNothing({ fields = [], children = [], diff, windows }: FormatResult): boolean {
  return fields.length === 0 && children.length === 0 && diff === undefined && windows === undefined;
}

function makeNode(
  format: string,
  part: string,
  found: FormatResult & { change?: InsideDiff['change'] },
): InsideDiff {
  const { fields = [], children = [], diff, windows = [], differing = 0 } = found;
  const limits = new Set<InsideLimit>(found.limits);
  if (fields.length > LIMITS.fields || children.length > LIMITS.children) limits.add('count');
  return {
    format,
    part,
    change: found.change ?? 'changed',
    fields: fields.slice(0, LIMITS.fields),
    children: children.slice(0, LIMITS.children),
    ...(diff === undefined ? {} : { diff }),
    ...(windows.length === 0 ? {} : { windows, ...(differing === 0 ? {} : { differing }) }),
    ...(limits.size === 0 ? {} : { limits: [...limits].sort() }),
    ...(found.more === undefined ? {} : { more: found.more }),
  };
}

/** Where a look is: how far down, and what leads there. */
interface Place {
  depth: number;
  path: string;
  digests: Digests;
}

class Look implements Walk {
  readonly #budget: Budget;
  readonly #place: Place;
  /** Children that were left out because the budget had no room for them. */
  cut = false;

  constructor(budget: Budget, place: Place) {
    this.#budget = budget;
    this.#place = place;
  }

  digest(name: string, a: Buffer, b: Buffer): void {
    this.#place.digests.add(`${this.#place.path} > ${name}`, a, b);
  }

  spend(work: number): void {
    if (!this.#budget.spend(work)) throw new OverLimit('time');
  }

  node(
    format: string,
    part: string,
    found: FormatResult & { change?: InsideDiff['change'] },
  ): InsideDiff | null {
    if (this.#budget.node()) return makeNode(format, part, found);
    this.cut = true;
    return null;
  }

  async part(name: string, a: Buffer, b: Buffer): Promise<InsideDiff | null> {
    // Looking at equal bytes is work as well: parts of hostile files may overlap.
    const affordable = this.#budget.spend(a.length + b.length);
    if (affordable && a.equals(b)) return null;
    if (!this.#budget.node()) {
      this.cut = true;
      return null;
    }
    if (!affordable) return makeNode('bytes', name, { limits: ['time'] });
    this.digest(name, a, b);
    const { path, ...place } = this.#place;
    return await compareKnown(name, [a, b], this.#budget, { ...place, path: `${path} > ${name}` });
  }
}

function asBytes(
  part: string,
  [a, b]: [Buffer, Buffer],
  fields: InsideField[],
  limits: InsideLimit[],
): InsideDiff {
  return makeNode('bytes', part, { fields, ...bytesFound(a, b), limits });
}

/** Two contents that differ, whose node is paid for already. */
async function compareKnown(
  part: string,
  pair: [Buffer, Buffer],
  budget: Budget,
  place: Place,
): Promise<InsideDiff> {
  const [a, b] = pair;
  if (place.depth > LIMITS.depth) return asBytes(part, pair, [], ['depth']);
  const [ofA, ofB] = [detect(a), detect(b)];
  const limits: InsideLimit[] = [];
  for (const format of ofA.filter((candidate) => ofB.includes(candidate))) {
    const look = new Look(budget, { ...place, depth: place.depth + 1 });
    try {
      const found = await format.compare(a, b, look);
      const full = saysNothing(found) ? { ...found, ...bytesFound(a, b) } : found;
      const cut = look.cut ? [...(full.limits ?? []), 'count' as const] : full.limits;
      return makeNode(format.name, part, { ...full, ...(cut === undefined ? {} : { limits: cut }) });
    } catch (error) {
      // Broken or hostile content is no error of the comparison: it is shown as a weaker format, in the end as bytes.
      if (error instanceof OverLimit) limits.push(error.limit);
    }
  }
  const [kindA, kindB] = [ofA[0]?.name ?? 'bytes', ofB[0]?.name ?? 'bytes'];
  const fields = kindA === kindB ? [] : [{ field: 'format', offset: null, a: kindA, b: kindB }];
  return asBytes(part, pair, fields, limits);
}

/**
 * How two contents of one path differ; null when they are equal. Never fails: what cannot be read is shown as bytes.
 * @param known its path, and digests of contents that differ, to which those of this file are added
 */
export async function lookInside(
  a: Buffer,
  b: Buffer,
  budget: Budget,
  known: { path?: string; digests?: Digests } = {},
): Promise<InsideDiff | null> {
  if (a.equals(b)) return null;
  const { path = '', digests = new Digests() } = known;
  const share = budget.share();
  try {
    if (!share.node()) return notLooked('count');
    if (!share.spend(a.length + b.length)) return notLooked('time');
    digests.add(path, a, b);
    return await compareKnown('', [a, b], share, { depth: 0, path, digests });
  } finally {
    budget.settle(share);
  }
}

/** For a pair that is not looked into. */
export function notLooked(limit: InsideLimit): InsideDiff {
  return makeNode('bytes', '', { limits: [limit] });
}
