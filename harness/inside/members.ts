import { LIMITS } from './budget.ts';
import { differingFields, type Values } from './fields.ts';
import type { Found, Walk } from './format.ts';
import type { InsideDiff, InsideField } from './types.ts';

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
function orderField(a: readonly string[], b: readonly string[]): InsideField[] {
  const at = a.findIndex((name, place) => name !== b[place]);
  return at < 0 ? [] : [{ field: 'order', offset: null, a: a[at] ?? null, b: b[at] ?? null }];
}

async function contentOf(member: Member): Promise<Buffer | null> {
  return member.content === null ? null : await member.content();
}

/** Header fields and content of one member; where only the content differs its node stands for the member. */
async function comparePair(
  format: string,
  part: string,
  [a, b]: [Member, Member],
  walk: Walk,
): Promise<InsideDiff | null> {
  const fields = differingFields(a.values, b.values);
  const stored = a.raw !== undefined && b.raw !== undefined && a.raw.equals(b.raw);
  if (stored && fields.length === 0) return null;
  const [one, other] = [await contentOf(a), await contentOf(b)];
  const comparable = one !== null && other !== null;
  if (fields.length === 0) return comparable ? await walk.part(part, one, other) : null;
  const content = comparable ? await walk.part('content', one, other) : null;
  return walk.node(format, part, { fields, children: content === null ? [] : [content] });
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
    fields: orderField(
      [...mapA.keys()].filter((name) => mapB.has(name)),
      [...mapB.keys()].filter((name) => mapA.has(name)),
    ),
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
