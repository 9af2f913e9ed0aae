import { expect, test } from 'vitest';
import { missingArguments } from './started-from.ts';

test('an entry was started when all that it says was told to the kernel', () => {
  const told = 'BOOT_IMAGE=/vmlinuz root=UUID=1 rw ostree=/ostree/boot.1/os/a/0 console=ttyS0'.split(' ');
  expect(missingArguments(told, ['root=UUID=1', 'rw', 'ostree=/ostree/boot.1/os/a/0'])).toEqual([]);
  expect(missingArguments(told, ['root=UUID=1', 'ostree=/ostree/boot.1/os/b/0'])).toEqual([
    'ostree=/ostree/boot.1/os/b/0',
  ]);
  expect(missingArguments(told, [])).toEqual([]);
});
