import { crc32, gzipSync } from 'node:zlib';
import { tar, type TestEntry } from '../oci/tar/tar.ts';
import { ar } from './ar.ts';
import { binaryCpio, cpio } from './cpio.ts';
import { pe } from './pe.ts';
import { uimage } from './uimage.ts';
import { zip } from './zip.ts';

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

const behind = (prefix: string, time: number): Buffer =>
  Buffer.concat([Buffer.from(prefix), zip(files(time))]);

/** Two of a format that differ in one thing only: a time. */
export const PAIRS: [string, Buffer, Buffer][] = [
  ['zip', zip(files(0)), zip(files(0x6000))],
  ['zip that was streamed', zip(files(0), '', true), zip(files(0x6000), '', true)],
  ['ar', ar(members(1)), ar(members(2))],
  ['tar', tar(members(1).map(stamped)), tar(members(2).map(stamped))],
  ['tar of GNU', gnuTar(1), gnuTar(2)],
  ['gzip', gzip(1), gzip(2)],
  ['png', png('2024'), png('2025')],
  ['cpio', cpio(members(1)), cpio(members(2))],
  ['cpio in its old binary form', binaryCpio(members(1)), binaryCpio(members(2))],
  ['cpio of the other byte order', binaryCpio(members(1), false), binaryCpio(members(2), false)],
  ['zip behind a script', behind('#!/bin/sh\n', 0), behind('#!/bin/sh\n', 0x6000)],
  ['jmod', behind('JM\x01\0', 0), behind('JM\x01\0', 0x6000)],
  ['uimage', uimage(1), uimage(2)],
  ['pe', pe(1_700_000_000), pe(1_700_000_002)],
];
