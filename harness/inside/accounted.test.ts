import { describe, expect, it } from 'vitest';
import { look, told } from './test-inside.ts';
import { ar } from './test-ar.ts';
import { cpio } from './test-cpio.ts';
import { zip } from './test-zip.ts';

const files = (time: number): { name: string; content: string; time?: number }[] => [
  { name: 'a.txt', content: 'hello hello hello\n', time },
  { name: 'b/c.txt', content: 'x' },
];

const members = (mtime: number): { name: string; content: string; mtime: number }[] => [
  { name: 'a', content: 'odd', mtime },
  { name: 'bb', content: 'even', mtime: 7 },
];

const PAIRS: [string, Buffer, Buffer][] = [
  ['zip', zip(files(0)), zip(files(0x6000))],
  ['ar', ar(members(1)), ar(members(2))],
  ['cpio', cpio(members(1)), cpio(members(2))],
];

/** `told` with the values, so that one field that differs in two ways is not taken for the same difference. */
async function shown(a: Buffer, b: Buffer): Promise<string> {
  const node = await look(a, b);
  return JSON.stringify([told(node), node]);
}

describe('nothing beside what is named', () => {
  it.each(PAIRS)('every other byte of a %s that differs as well is seen', async (_, a, b) => {
    const named = await shown(a, b);
    const unseen: number[] = [];
    for (let at = 0; at < b.length; at++) {
      const changed = Buffer.from(b);
      changed[at] = (changed[at] ?? 0) ^ 1;
      if ((await shown(a, changed)) === named) unseen.push(at);
    }
    expect(unseen).toEqual([]);
  });

  it.each(PAIRS)('bytes before or after a %s are seen', async (_, a, b) => {
    const named = await shown(a, b);
    for (const changed of [Buffer.concat([b, Buffer.from('x')]), Buffer.concat([b, Buffer.alloc(512)])])
      expect(await shown(a, changed)).not.toBe(named);
  });
});
