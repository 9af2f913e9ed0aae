import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openImage } from '../open.ts';
import { tar, type TestEntry } from '../../testing/oci/tar/tar.ts';
import { digestOf, scratch } from '../../testing/oci/image.ts';

const lower = tar([{ name: 'a', content: 'hello' }]);
const upper = tar([{ name: 'b', content: 'world' }]);
const id = (digit: string): string => digit.repeat(64);

const json = (number: string, parent: string | null) => ({
  architecture: 'amd64',
  os: 'linux',
  docker_version: '1.9.1',
  id: id(number),
  ...(parent === null ? {} : { parent: id(parent) }),
  created: '2015-11-03T19:48:17.142367193Z',
  container_config: { Cmd: ['/bin/sh', '-c', `#(nop) ADD <${number}> & more`] },
  config: { Cmd: ['sh'] },
  Size: 5,
});

/** What Docker 1.9 saved: a folder a layer, and tags in `repositories`. */
function oldArchive(repositories: unknown, parentOfLower: string | null = null): Buffer {
  const folder = (number: string, parent: string | null, layer: Buffer): TestEntry[] => [
    { name: `${id(number)}/`, type: 'dir', mode: 0o755 },
    { name: `${id(number)}/VERSION`, content: '1.0' },
    { name: `${id(number)}/json`, content: JSON.stringify(json(number, parent)) },
    { name: `${id(number)}/layer.tar`, content: layer },
  ];
  return tar([
    ...folder('1', parentOfLower, lower),
    ...folder('2', '1', upper),
    { name: 'repositories', content: JSON.stringify(repositories) },
  ]);
}

const TWO = { image: { one: id('1'), two: id('2') }, other: { latest: id('2') } };

describe('archives of Docker before 1.10', () => {
  it('give the image that docker load makes of them', async () => {
    await using folder = await scratch();
    const file = join(folder.path, 'old.tar');
    await writeFile(file, oldArchive(TWO));
    const image = await openImage(`docker-archive:${file}:image:two`);
    expect(image.layers.map(({ diffId }) => diffId)).toEqual([lower, upper].map(digestOf));
    // What Docker Engine 20.10 calls this image after `docker load`; suites/tests/selftest/transports.test.ts asks it anew.
    expect(image.config.json).toMatchObject({
      rootfs: { type: 'layers' },
      history: [{ created_by: '/bin/sh -c #(nop) ADD <1> & more' }, {}],
    });
    expect(Buffer.from(image.config.bytes).toString()).toContain('\\u003c1\\u003e \\u0026');
    expect(image.config.json).not.toHaveProperty('id');
    expect((await openImage(`docker-archive:${file}:other`)).config.digest).toBe(image.config.digest);
    expect((await openImage(`docker-archive:${file}:image:one`)).layers).toHaveLength(1);
  });

  it.each([
    ['several images and no tag', oldArchive(TWO), '', 'lists several images'],
    ['no such tag', oldArchive(TWO), ':image:three', 'lists no such image'],
    ['a layer that is its own ancestor', oldArchive({ image: { one: id('1') } }, '1'), '', 'in a circle'],
    ['a layer that is not there', oldArchive({ image: { one: id('9') } }), '', 'is missing'],
    ['a layer that is a path', oldArchive({ image: { one: '../../etc' } }), '', 'is no layer'],
    ['nothing', tar([{ name: 'x', content: 'y' }]), '', 'neither manifest.json nor repositories'],
  ])('with %s are refused', async (_, bytes, tag, message) => {
    await using folder = await scratch();
    const file = join(folder.path, 'old.tar');
    await writeFile(file, bytes);
    await expect(openImage(`docker-archive:${file}${tag}`)).rejects.toMatchObject({
      code: 'image-invalid',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('compressed archives', () => {
  it('are expanded, whatever they are called; what they leave in scratch goes with the image', async () => {
    await using folder = await scratch();
    const plain = oldArchive(TWO);
    const forms = { 'a.tar': plain, 'b.tar': gzipSync(plain), 'c.tar': zstdCompressSync(plain) };
    const digests = new Set<string>();
    for (const [name, bytes] of Object.entries(forms)) {
      await writeFile(join(folder.path, name), bytes);
      const image = await openImage(`docker-archive:${join(folder.path, name)}:other`);
      digests.add(image.config.digest);
      const [layer] = image.layers;
      if (layer === undefined) throw new Error('no layer');
      const place = await image.locate(layer.descriptor);
      await image.close();
      expect(place.path === join(folder.path, name)).toBe(name === 'a.tar');
    }
    expect(digests.size).toBe(1);
  });

  it('by other means are refused by name, and broken ones with their place', async () => {
    await using folder = await scratch();
    const file = join(folder.path, 'x.tar');
    await writeFile(file, Buffer.from('BZh91AY&SY'));
    await expect(openImage(file)).rejects.toMatchObject({
      code: 'unsupported',
      message: 'an archive compressed by bzip2',
    });
    for (const whole of [gzipSync(oldArchive(TWO)), zstdCompressSync(oldArchive(TWO))]) {
      await writeFile(file, whole.subarray(0, whole.length / 2));
      await expect(openImage(file)).rejects.toMatchObject({ code: 'image-invalid', where: file });
    }
    await writeFile(file, Buffer.from('fd377a585a00000000000000', 'hex'));
    await expect(openImage(file)).rejects.toMatchObject({ code: 'image-invalid', where: file });
  });
});
