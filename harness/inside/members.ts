import { LIMITS } from './budget.ts';
import { differingFields, type Value, type Values } from './fields.ts';
import type { Found, Walk } from './format.ts';
import { firstDifference } from './hex.ts';
import type { InsideDiff, InsideField } from './types.ts';
import { type Written, writtenOtherwise } from './written.ts';

/** One member of a container. */
export interface Member {
  /** As text, escaped where it is not UTF-8. */
  name: string;
  /** What its header says. */
  values: Values;
  /** Null for what has none (directories, devices). May throw where it cannot be read. */
  content: (() => Buffer | Promise<Buffer>) | null;
  /** As it is stored: where that is equal and the headers agree, the content needs no expanding. */
  raw?: Buffer;
  /** What its header says of the content, in one text: checksum and size. */
  sum?: string;
  /** Of that, what is not so. */
  wrong?: (content: Buffer) => Values;
  /** Its header as it stands in the file. */
  written?: Written;
}

/** By name; a name may be there several times, and the second is then another part: `name (2)`. */
export function numbered<T extends { name: string }>(items: readonly T[]): Map<string, T> {
  const seen = new Map<string, number>();
  return new Map(
    items.map((item) => {
      const number = (seen.get(item.name) ?? 0) + 1;
      seen.set(item.name, number);
      return [number === 1 ? item.name : `${item.name} (${number})`, item];
    }),
  );
}

/** The first place at which members that both have stand in another order. */
export function orderField(a: readonly string[], b: readonly string[], field = 'order'): InsideField[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  const [one, other] = [a.filter((name) => inB.has(name)), b.filter((name) => inA.has(name))];
  const at = one.findIndex((name, place) => name !== other[place]);
  return at < 0 ? [] : [{ field, offset: null, a: one[at] ?? null, b: other[at] ?? null }];
}

async function contentOf(member: Member): Promise<Buffer | null> {
  return member.content === null ? null : await member.content();
}

const NONE: Written = new Map();

/** Header fields and content of one member; where only the content differs its node stands for the member. */
async function comparePair(
  format: string,
  part: string,
  [a, b]: [Member, Member],
  walk: Walk,
): Promise<InsideDiff | null> {
  const fields = [
    ...differingFields(a.values, b.values),
    ...writtenOtherwise(a.written ?? NONE, b.written ?? NONE),
  ];
  const stored = a.raw !== undefined && b.raw !== undefined && a.raw.equals(b.raw);
  if (stored && fields.length === 0 && a.sum === b.sum) return null;
  const [one, other] = [await contentOf(a), await contentOf(b)];
  if (one !== null && other !== null) fields.push(...ofContent([a, b], [one, other], fields));
  const comparable = one !== null && other !== null;
  if (fields.length === 0) return comparable ? await walk.part(part, one, other) : null;
  const content = comparable ? await walk.part('content', one, other) : null;
  return walk.node(format, part, { fields, children: content === null ? [] : [content] });
}

/** What the headers say of the contents and is not so, and that the same content is compressed otherwise. */
function ofContent(
  [a, b]: [Member, Member],
  [one, other]: [Buffer, Buffer],
  shown: readonly InsideField[],
): InsideField[] {
  const same = one.equals(other);
  const wrong = same && a.sum === b.sum ? [] : differingFields(wrongOf(a, one), wrongOf(b, other));
  const otherMethod = shown.some(({ field }) => field === 'method');
  return same && !otherMethod ? [...wrong, ...compressedData(a.raw, b.raw)] : wrong;
}

const wrongOf = ({ wrong }: Member, content: Buffer): Values => wrong?.(content) ?? new Map<string, Value>();

/** Another compressor, version or level. */
export function compressedData(a: Buffer | undefined, b: Buffer | undefined, from = 0): InsideField[] {
  const at = a === undefined || b === undefined ? -1 : firstDifference(a, b);
  const size = (raw: Buffer | undefined): string => `${raw?.length ?? 0} bytes`;
  return at < 0 ? [] : [{ field: 'compressed-data', offset: from + at, a: size(a), b: size(b) }];
}

/** What was found of the members, and a part beside them. */
export function withPart<T extends { children: InsideDiff[] }>(found: T, part: InsideDiff | null): T {
  return part === null ? found : { ...found, children: [...found.children, part] };
}

/**
 * Compares the members of two containers by name: order, what is only in one, header fields, contents.
 * @param format of a member's node, such as `tar-entry`
 */
export async function compareMembers(
  format: string,
  a: readonly Member[],
  b: readonly Member[],
  walk: Walk,
): Promise<Required<Pick<Found, 'fields' | 'children' | 'limits'>>> {
  const [mapA, mapB] = [numbered(a), numbered(b)];
  const found = {
    fields: orderField([...mapA.keys()], [...mapB.keys()]),
    children: [] as InsideDiff[],
    limits: [] as 'count'[],
  };
  const add = (node: InsideDiff | null): void => {
    if (node !== null) found.children.push(node);
  };
  for (const [name, one] of mapA) {
    if (found.children.length >= LIMITS.children) {
      found.limits.push('count');
      return found;
    }
    const other = mapB.get(name);
    if (other === undefined) add(walk.node(format, name, { change: 'removed' }));
    else add(await comparePair(format, name, [one, other], walk));
  }
  for (const name of mapB.keys()) {
    if (mapA.has(name)) continue;
    if (found.children.length >= LIMITS.children) {
      found.limits.push('count');
      break;
    }
    add(walk.node(format, name, { change: 'added' }));
  }
  return found;
}
