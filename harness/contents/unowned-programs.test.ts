import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openImage } from '../oci/open.ts';
import { elf } from '../testing/contents/made-image.ts';
import { scratch, writeLayout } from '../testing/oci/image.ts';
import { tar } from '../testing/oci/tar/tar.ts';
import { unownedPrograms } from './unowned-programs.ts';

test('a file that is too large to be looked at may be a program', async () => {
  await using folder = await scratch();
  const entries = [
    { name: 'opt/large', content: 'x'.repeat(200) },
    { name: 'opt/small', content: 'x'.repeat(99) },
    { name: 'opt/program', content: elf() },
  ];
  const image = await openImage(await writeLayout(join(folder.path, 'image'), { layers: [tar(entries)] }));
  const unowned = entries.map(({ name }) => ({
    path: name,
    why: 'dark' as const,
    layer: 0,
    instruction: null,
  }));
  const of = (path: string): { ecosystem: string; files: number; example: string } => ({
    ...{ ecosystem: 'none', files: path === 'opt/large' ? 2 : 1, example: path },
  });
  expect(await unownedPrograms(image, { unowned }, 100)).toEqual([of('opt/large')]);
  expect(await unownedPrograms(image, { unowned })).toEqual([of('opt/program')]);
  await image.close();
});
