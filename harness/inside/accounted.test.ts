import { describe, expect, it } from 'vitest';
import { look, reported } from '../testing/inside/inside.ts';
import { PAIRS } from '../testing/inside/pairs.ts';

/** `reported` with the values, so that one field that differs in two ways is not taken for the same difference. */
async function shown(a: Buffer, b: Buffer): Promise<string> {
  const node = await look(a, b);
  return JSON.stringify([reported(node), node]);
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

  it.each(PAIRS)('bytes behind a %s are seen', async (_, a, b) => {
    const named = await shown(a, b);
    for (const changed of [Buffer.concat([b, Buffer.from('x')]), Buffer.concat([b, Buffer.alloc(512)])])
      expect(await shown(a, changed)).not.toBe(named);
  });
});
