import { expect, test } from 'vitest';
import { missingArguments } from './started-from.ts';

test('an entry was started when the kernel was told all that only it says', () => {
  const reported = 'BOOT_IMAGE=/vmlinuz root=UUID=1 ostree=/ostree/boot.1/os/a/0 "a=b c"'.split(' ');
  const common = ['root=UUID=1', 'a="b', 'c"'];
  const entry = (name: string): string[] => [...common, `ostree=/ostree/boot.1/os/${name}/0`];
  expect(missingArguments(reported, entry('a'), entry('b'))).toEqual([]);
  expect(missingArguments(reported, entry('b'), entry('a'))).toEqual(['ostree=/ostree/boot.1/os/b/0']);
  expect(missingArguments(reported, [], entry('a'))).toEqual([]);
});
