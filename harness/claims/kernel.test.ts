import { expect, test } from 'vitest';
import { needDatabase } from './kernel.ts';

test.each([
  ['it was read', [{ format: 'dpkg' as const, paths: [], packages: [] }], []],
  ['only its status is gone', [], ['usr/bin/dpkg', 'var/lib/dpkg/info/linux-base.list']],
  ['the same below usr/lib/sysimage', [], ['usr/lib/sysimage/dpkg/info/linux-base.list']],
])('a database can be checked against the kernel when %s', (_what, databases, paths) => {
  expect(() => needDatabase(databases, paths)).not.toThrow();
});

test.each([
  ['none', ['usr/lib/modules/6.1.0/vmlinuz']],
  ['that of pacman', ['usr/lib/sysimage/lib/pacman/local/linux-6.18-1/desc']],
  ["programs of dpkg's alone", ['usr/bin/dpkg', 'usr/lib/dpkg/methods/apt/update']],
])('with %s, whose the kernel is cannot be determined', (_what, paths) => {
  expect(() => needDatabase([], paths)).toThrow(expect.objectContaining({ code: 'unsupported' }) as Error);
});
