import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { readTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import { openImage } from '../../oci/open.ts';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import { tar } from '../../testing/oci/tar/tar.ts';
import { handOver } from '../machine/confined.ts';
import { makeLayoutsDisk } from './oci-layouts.ts';

test('a disk with releases holds them as they are, each as a layout of its own', async () => {
  await using folder = await scratch();
  const layers = ['one', 'two'].map((name) => tar([{ name, content: name }]));
  const image = await openImage(await writeLayout(join(folder.path, 'image'), { layers }));
  const made = join(folder.path, 'made');
  await mkdir(made);
  await handOver(made);
  const disk = await makeLayoutsDisk(new Map([['image', image]]), made);
  const out = join(folder.path, 'out');
  await mkdir(out);
  await execa('debugfs', ['-R', `rdump / ${out}`, disk]);
  const read = await openImage(`oci:${join(out, 'image')}`);
  expect(read.manifest.digest).toBe(image.manifest.digest);
  // Whose bytes are others is no layer of it.
  await readTree(read, { limits: DEFAULT_LIMITS });
  const hex = (digest: string): string => digest.replace('sha256:', '');
  expect(await readFile(join(out, 'image.blobs'), 'utf8')).toBe(
    [
      `config ${hex(image.config.digest)}\n`,
      ...image.layers.map(({ descriptor }) => `layer ${hex(descriptor.digest)}\n`),
    ].join(''),
  );
});
