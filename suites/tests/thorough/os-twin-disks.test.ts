import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { derivedImage } from '../selftest/os-images.ts';
import { diskOf, setting } from './setting.ts';

const areEqual = async (a: string, b: string): Promise<boolean> =>
  (await execa('cmp', ['--silent', a, b], { reject: false })).exitCode === 0;

describe.each([
  ['two slots', 'ab'],
  ['an ostree deployment', 'default'],
] as const)('disks with %s', (_what, variant) => {
  const made = setting(`twin-disks-${variant}`, variant);

  test('have the same bytes when they are made twice from one image, and only then', async () => {
    const disk = (layout: string, name: string): Promise<string> =>
      diskOf(layout, join(made.scratch, `${name}.raw`));
    const first = await disk(made.good, 'first');
    expect(await areEqual(first, await disk(made.good, 'second'))).toBe(true);
    const files = { 'usr/share/other': 'other\n' };
    const other = await derivedImage(made.good, join(made.scratch, 'other'), files);
    expect(await areEqual(first, await disk(other, 'third'))).toBe(false);
  });
});
