import { expect, test } from 'vitest';
import { versionIn } from './sysupdate.ts';

const sum = 'a'.repeat(64);
test.each([
  ['os_@v.root', '1.1'],
  ['@v.root', 'os_1.1'],
  ['debian_@v.root', ''],
])('the version of a release whose root is called %s', (pattern, version) => {
  const names = ['os_1.1.conf', 'os_1.1.root', "x'; reboot; '.root", 'os_1.1.initrd'];
  expect(versionIn(names.map((name) => `${sum}  ${name}\n`).join(''), pattern)).toBe(version);
});
