import { expect, test } from 'vitest';
import { readTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import { openImage } from '../../oci/open.ts';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import { tar, type TestEntry } from '../../testing/oci/tar/tar.ts';
import { ab } from '../families/ab.ts';
import { ostree } from '../families/ostree.ts';
import type { Family } from '../families/types.ts';
import { nextRelease } from './next-release.ts';

const NEXT = 'twinproof.release=next';

async function planned(family: Family, entries: TestEntry[]) {
  await using folder = await scratch();
  const image = await openImage(await writeLayout(folder.path, { layers: [tar(entries)] }));
  const tree = await readTree(image, { limits: DEFAULT_LIMITS });
  return (await nextRelease({ image, tree, family, folder: folder.path }, 'synthetic')).plan;
}

const commandLine = (content: string): TestEntry => ({ name: 'usr/lib/kernel/cmdline', content });

test('the next release has one more argument for the kernel than the image has', async () => {
  expect((await planned(ab, [commandLine('quiet  a=b\n c="d e"\n')])).kernel).toEqual({
    before: ['quiet', 'a=b', 'c="d', 'e"'],
    after: ['quiet', 'a=b', 'c="d', 'e"', NEXT],
  });
  expect((await planned(ab, [])).kernel).toEqual({ before: [], after: [NEXT] });
});

test('a family that takes none from an image gets none', async () => {
  const { kernel, usr } = await planned(ostree, [commandLine('quiet\n')]);
  expect(kernel).toBeNull();
  expect(usr.map(({ path }) => path)).toEqual(['/usr/share/next-release']);
});

test('a file that no kernel would take as a whole is refused, with its place', async () => {
  await expect(planned(ab, [commandLine('x'.repeat(5000))])).rejects.toMatchObject({
    where: 'usr/lib/kernel/cmdline',
  });
});
