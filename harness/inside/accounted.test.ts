import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { look, told } from './test-inside.ts';
import { tar, type TestEntry } from '../oci/tar/test-tar.ts';
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

const stamped = (entry: { name: string; content: string; mtime: number }): TestEntry => ({
  ...entry,
  mtime: `${entry.mtime}`,
});

const gnuTar = (mtime: number): Buffer =>
  tar([{ name: 'n'.repeat(120), content: 'text', mtime: `${mtime}` }], 'gnu');

function gzip(mtime: number): Buffer {
  const bytes = gzipSync('hello hello hello');
  bytes.writeUInt32LE(mtime, 4);
  return bytes;
}

function png(text: string): Buffer {
  const chunk = (type: string, data: string): Buffer => {
    const body = Buffer.from(type + data, 'latin1');
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const chunks = [
    chunk('IHDR', 'x'.repeat(13)),
    chunk('tEXt', `date\0${text}`),
    chunk('IDAT', 'pixels'),
    chunk('IEND', ''),
  ];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

const PAIRS: [string, Buffer, Buffer][] = [
  ['zip', zip(files(0)), zip(files(0x6000))],
  ['ar', ar(members(1)), ar(members(2))],
  ['tar', tar(members(1).map(stamped)), tar(members(2).map(stamped))],
  ['tar of GNU', gnuTar(1), gnuTar(2)],
  ['gzip', gzip(1), gzip(2)],
  ['png', png('2024'), png('2025')],
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
