import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cpio, type TestCpioEntry } from '../../testing/inside/cpio.ts';
import { expectReported, look, reported } from '../../testing/inside/inside.ts';

const base: TestCpioEntry[] = [
  { name: 'init', content: '#!/bin/sh\n', mode: 0o100755, ino: 1 },
  { name: 'etc', mode: 0o040755, ino: 2 },
  { name: 'etc/x', content: 'x\n', ino: 3 },
];

const changed = (change: Partial<TestCpioEntry>): Buffer =>
  cpio(base.map((entry) => (entry.name === 'etc/x' ? { ...entry, ...change } : entry)));

describe('cpio', () => {
  it.each([
    ['ino', { ino: 99 }],
    ['mode', { mode: 0o100600 }],
    ['uid', { uid: 1000 }],
    ['gid', { gid: 1000 }],
    ['mtime', { mtime: 1_700_000_000 }],
    ['dev-major', { major: 8 }],
  ])('names %s', async (field, change) => {
    await expectReported(cpio(base), changed(change), [`cpio/cpio-entry:etc/x ${field}`]);
  });

  it('names order and goes into contents', async () => {
    await expectReported(cpio(base), cpio([...base.slice(1), ...base.slice(0, 1)]), ['cpio order']);
    await expectReported(cpio(base), changed({ content: 'y\n' }), ['cpio/text:etc/x diff']);
  });

  it('reads the archives of an initramfs one after another', async () => {
    const initramfs = (early: TestCpioEntry[], main: Buffer): Buffer =>
      Buffer.concat([cpio(early), Buffer.alloc(512), gzipSync(main)]);
    const early = [{ name: 'kernel/x86/microcode', content: 'code' }];
    await expectReported(initramfs(early, cpio(base)), initramfs(early, changed({ ino: 7 })), [
      'cpio/gzip:main/cpio:content/cpio-entry:etc/x ino',
    ]);
    const later = [{ name: 'kernel/x86/microcode', content: 'code', mtime: 5 }];
    await expectReported(initramfs(early, cpio(base)), initramfs(later, cpio(base)), [
      'cpio/cpio:archive 1/cpio-entry:kernel/x86/microcode mtime',
    ]);
  });

  it('shows what is cut off as bytes or text', async () => {
    const cut = cpio(base).subarray(0, 200);
    expect(reported(await look(cut, changed({ ino: 99 })))).toContain('bytes bytes');
  });
});
