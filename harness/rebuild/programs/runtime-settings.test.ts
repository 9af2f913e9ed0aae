import { expect, test } from 'vitest';
import { lowerFolder } from './runtime-settings.ts';

const MOUNTINFO = `294 292 0:68 / /s/bind-10 rw,relatime - overlay overlay rw,lowerdir=/s/context,upperdir=/s/u,workdir=/s/w
296 294 0:62 /context /s/bind-11 rw,relatime - tmpfs tmpfs rw,size=4194304k
297 294 0:68 / /s/bind-12 rw,relatime - overlay overlay rw,lowerdir=/a:/b,upperdir=/s/u,workdir=/s/w
`;

test.each([
  ['/s/bind-10', '/s/context'],
  ['/s/bind-11', null],
  ['/s/bind-12', null],
  ['/s/bind-1', null],
])('the lower folder of %s is %s', (path, lower) => {
  expect(lowerFolder(path, MOUNTINFO)).toBe(lower);
});
