import { LIMITS } from './budget.ts';
import { differingFields, type Value, type Values } from './fields.ts';
import type { FormatResult, Walk } from './format.ts';
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

/** In what a member differs: fields of its header, and contents, null where they are equal or there are none. */
interface Differing {
  fields: InsideField[];
  contents: [Buffer, Buffer] | null;
}

async function differing([a, b]: [Member, Member], walk: Walk): Promise<Differing | null> {
  const fields = [
    ...differingFields(a.values, b.values),
    ...writtenOtherwise(a.written ?? NONE, b.written ?? NONE),
  ];
  const stored = a.raw !== undefined && b.raw !== undefined && a.raw.equals(b.raw);
  if (stored && fields.length === 0 && a.sum === b.sum) return null;
  const [one, other] = [await contentOf(a), await contentOf(b)];
  if (one === null || other === null) return fields.length === 0 ? null : { fields, contents: null };
  const contents: Differing['contents'] = one.equals(other) ? null : [one, other];
  // Looking at equal bytes is work as well; others are paid for where they are looked into.
  if (contents === null) walk.spend(one.length + other.length);
  fields.push(...ofContent([a, b], [one, other], fields));
  return fields.length === 0 && contents === null ? null : { fields, contents };
}

/** Where only the content differs its node stands for the member. */
async function pairNode(
  format: string,
  part: string,
  { fields, contents }: Differing,
  walk: Walk,
): Promise<InsideDiff | null> {
  if (fields.length === 0 && contents !== null) return await walk.part(part, ...contents);
  const content = contents === null ? null : await walk.part('content', ...contents);
  return walk.node(format, part, { fields, children: content === null ? [] : [content] });
}

/** What fields say, with every number and word as one letter: times are like times, owners like owners. */
const shapeOf = (fields: readonly InsideField[]): string =>
  fields
    .map(({ field, a, b }) =>
      [field, a, b].map((text) => (text ?? '-').replace(/\d+/g, '0').replace(/[a-z]+/gi, 'a')),
    )
    .join('\n');

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

export type MembersFound = Required<Pick<FormatResult, 'fields' | 'children' | 'limits'>> &
  Pick<FormatResult, 'more'>;

/**
 * Compares the members of two containers by name: order, what is only in one, header fields, contents.
 * Beyond as many as are listed, those are counted that differ in nothing but the same fields as one that is listed.
 * @param format of a member's node, such as `tar-entry`
 */
export async function compareMembers(
  format: string,
  a: readonly Member[],
  b: readonly Member[],
  walk: Walk,
): Promise<MembersFound> {
  const [mapA, mapB] = [numbered(a), numbered(b)];
  const found = {
    fields: orderField([...mapA.keys()], [...mapB.keys()]),
    children: [] as InsideDiff[],
    limits: [] as 'count'[],
  };
  const names = [...mapA.keys(), ...[...mapB.keys()].filter((name) => !mapA.has(name))];
  const shapes = new Set<string>();
  let more = 0;
  for (const name of names) {
    const [one, other] = [mapA.get(name), mapB.get(name)];
    const pair = one === undefined || other === undefined ? null : await differing([one, other], walk);
    if (one !== undefined && other !== undefined && pair === null) continue;
    const shape = pair?.contents === null ? shapeOf(pair.fields) : null;
    if (found.children.length < LIMITS.children) {
      const change = other === undefined ? 'removed' : 'added';
      const node =
        pair === null ? walk.node(format, name, { change }) : await pairNode(format, name, pair, walk);
      if (node !== null) found.children.push(node);
      if (shape !== null) shapes.add(shape);
    } else if (shape !== null && shapes.has(shape)) more++;
    else {
      found.limits.push('count');
      break;
    }
  }
  return { ...found, ...(more === 0 ? {} : { more }) };
}
