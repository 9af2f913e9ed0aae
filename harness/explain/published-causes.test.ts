import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareImages } from '../compare/compare.ts';
import { openImage } from '../oci/open.ts';
import { type TestImage, scratch, writeLayout } from '../testing/oci/image.ts';
import { tar } from '../testing/oci/tar/tar.ts';
import { publishedCauses } from './published-causes.ts';

const layer = (name: string): Buffer => tar([{ name, content: Buffer.from(name) }]);
const labels = (given: Record<string, string>): Partial<TestImage> => ({
  config: { config: { Labels: given } },
});
const BUILT: TestImage = {
  layers: [layer('base'), layer('app')],
  ...labels({ a: '1', 'io.buildah.version': '1.41.0' }),
};

/** Of a build and what was published in its place. */
async function causes(published: Partial<TestImage>): Promise<string[]> {
  await using folder = await scratch();
  await using open = new AsyncDisposableStack();
  const opened = async (name: string, image: TestImage) =>
    open.adopt(await openImage(await writeLayout(join(folder.path, name), image)), (one) => one.close());
  const [a, b] = [await opened('a', BUILT), await opened('b', { ...BUILT, ...published })];
  const result = await compareImages(a, b, { rung: 'manifest' });
  return publishedCauses(a, b, result).map((line) => line.split(/[:,]/).slice(0, 2).join(':'));
}

test.each<[string, Partial<TestImage>, string[]]>([
  ['the same', {}, []],
  [
    'other labels',
    labels({ b: '1', 'io.buildah.version': '1.41.0' }),
    ['label-removed: the build sets a', 'label-added: b was set after the build'],
  ],
  ['another value', labels({ a: '2', 'io.buildah.version': '1.41.0' }), ['label-changed: a is 2']],
  [
    'another buildah',
    labels({ a: '1', 'io.buildah.version': '1.43.0' }),
    ['tool-version: the published image was made by buildah 1.43.0'],
  ],
  [
    'another base image',
    { layers: [layer('other'), layer('app')] },
    ['base-moved: the last layers are alike and the first are not'],
  ],
  [
    'a layer on top',
    { layers: [...BUILT.layers, layer('more')] },
    ['layer-added: one layer lies on top of what the build made'],
  ],
  ['another last layer', { layers: [layer('base'), layer('other')] }, []],
  [
    'compressed in another way',
    { compress: 'zstd' },
    ['re-compressed: the layers hold the same and are compressed in another way'],
  ],
])('%s', async (_name, published, expected) => {
  expect(await causes(published)).toEqual(expected);
});
