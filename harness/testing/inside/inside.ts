import { expect } from 'vitest';
import { Budget } from '../../inside/budget.ts';
import { lookInside } from '../../inside/look.ts';
import type { InsideDiff } from '../../inside/types.ts';

/** What two contents differ in, or null. */
export function look(a: Buffer, b: Buffer): Promise<InsideDiff | null> {
  return lookInside(a, b, new Budget());
}

/** All that is named, one line each: `gzip/tar:x/text diff`, `gzip mtime`, `ar/ar-entry:x added`. */
export function reported(node: InsideDiff | null, above = ''): string[] {
  if (node === null) return [];
  const way = `${above}${node.format}${node.part === '' ? '' : `:${node.part}`}`;
  return [
    ...(node.change === 'changed' ? [] : [`${way} ${node.change}`]),
    ...node.fields.map(({ field }) => `${way} ${field}`),
    ...(node.diff === undefined ? [] : [`${way} diff`]),
    ...(node.windows === undefined ? [] : [`${way} bytes`]),
    ...(node.limits ?? []).map((limit) => `${way} limit ${limit}`),
    ...node.children.flatMap((child) => reported(child, `${way}/`)),
  ];
}

/** An equal pair shows nothing, and what differs in one thing shows exactly that. */
export async function expectReported(a: Buffer, b: Buffer, expected: string[]): Promise<InsideDiff | null> {
  expect(await look(a, Buffer.from(a))).toBeNull();
  const node = await look(a, b);
  expect(reported(node)).toEqual(expected);
  return node;
}
