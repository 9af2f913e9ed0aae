import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openImage } from '../open.ts';
import { tar, type TestEntry } from '../../testing/oci/tar/tar.ts';
import { digestOf, scratch } from '../../testing/oci/image.ts';

const OCI = 'application/vnd.oci.image';
const layer = tar([{ name: 'x', content: 'x' }]);
const config = Buffer.from(
  JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  }),
);
const blob = (bytes: Buffer): TestEntry => ({
  name: `blobs/sha256/${digestOf(bytes).slice(7)}`,
  content: bytes,
});
const described = (bytes: Buffer, mediaType: string) => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.length,
});

/** What Docker writes since version 25: both forms, with the same blobs. */
function bothForms(layers = [described(layer, `${OCI}.layer.v1.tar`)]): TestEntry[] {
  const parts = { config: described(config, `${OCI}.config.v1+json`), layers };
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, ...parts }),
  );
  const names = ['1.0', 'latest'].map((tag) => ({
    ...described(manifest, `${OCI}.manifest.v1+json`),
    annotations: {
      'io.containerd.image.name': `docker.io/library/app:${tag}`,
      'org.opencontainers.image.ref.name': tag,
    },
  }));
  const list = [
    { Config: blob(config).name, RepoTags: ['app:1.0', 'app:latest'], Layers: [blob(layer).name] },
  ];
  return [
    ...[config, layer, manifest].map(blob),
    { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests: names }) },
    { name: 'manifest.json', content: JSON.stringify(list) },
  ];
}

async function opened(entries: readonly TestEntry[], reference: (file: string) => string = (file) => file) {
  await using folder = await scratch();
  const file = join(folder.path, 'image.tar');
  await writeFile(file, tar(entries));
  const image = await openImage(reference(file));
  await image.close();
  return image;
}

const replaced = (name: string, content: string): TestEntry[] =>
  bothForms().map((entry) => (entry.name === name ? { ...entry, content } : entry));

describe('an archive whose form is not said', () => {
  it('with one image under two names is one image', async () => {
    for (const reference of [
      (file: string) => file,
      (file: string) => `oci-archive:${file}`,
      (file: string) => `docker-archive:${file}`,
      (file: string) => `${file}:app`,
      (file: string) => `${file}:app:1.0`,
      (file: string) => `oci-archive:${file}:docker.io/library/app:1.0`,
      (file: string) => `${file}:@0`,
    ]) {
      const image = await opened(bothForms(), reference);
      expect(image).toMatchObject({ index: null, config: { digest: digestOf(config) } });
    }
    await expect(opened(bothForms(), (file) => `${file}:other`)).rejects.toThrow('no image tagged "other"');
  });

  it.each<[what: string, entries: TestEntry[]]>([
    ['no layers in its manifest', bothForms([])],
    ['layers in another place', bothForms([described(Buffer.from('y'), `${OCI}.layer.v1.tar`)])],
    ['no images in its index', replaced('index.json', '{"schemaVersion":2,"manifests":[]}')],
    ['another file in place of its index', replaced('index.json', '[1, 2]')],
    ['no JSON in place of its index', replaced('index.json', 'x')],
    [
      'a manifest that is not there',
      replaced(
        'index.json',
        JSON.stringify({ manifests: [described(Buffer.from('y'), `${OCI}.manifest.v1+json`)] }),
      ),
    ],
  ])('is read in the other form where the layout has %s', async (_, entries) => {
    const image = await opened(entries);
    expect(image.config.digest).toBe(digestOf(config));
    expect(image.layers).toHaveLength(1);
  });

  it('is not read in the other form where something in the layout is broken', async () => {
    const broken = bothForms().map((entry) =>
      entry.name === blob(config).name ? { ...entry, content: `${config.toString()} ` } : entry,
    );
    await expect(opened(broken)).rejects.toThrow('its descriptor says');
  });

  it('says which links lead out of it, or in a circle', async () => {
    const linked = (linkname: string): TestEntry[] => [
      { name: 'manifest.json', content: JSON.stringify([{ Config: 'c.json', Layers: ['a/layer.tar'] }]) },
      { name: 'c.json', content: config },
      { name: 'a/layer.tar', type: 'symlink', linkname },
      { name: 'b/layer.tar', content: layer },
    ];
    expect((await opened(linked('../b/layer.tar'))).layers).toHaveLength(1);
    await expect(opened(linked('../../b/layer.tar'))).rejects.toMatchObject({
      message: 'is a link that leads out of the archive, to "../../b/layer.tar"',
      where: expect.stringContaining('a/layer.tar') as string,
    });
    await expect(opened(linked('layer.tar'))).rejects.toThrow('links lead in a circle');
  });
});

describe('a path that is none', () => {
  it.each(['debian:12', 'debian', 'ghcr.io/owner/name:tag', 'localhost:5000/name'])(
    '%s may be a name',
    async (name) => {
      await expect(openImage(name)).rejects.toMatchObject({
        message: 'there is no such file or folder',
        hint: `an image of a registry is docker://${name}, one of an engine docker-daemon:${name}`,
      });
    },
  );

  it.each(['/no/such/file', './image.tar', '../x'])('%s is a path', async (path) => {
    await expect(openImage(path)).rejects.toSatisfy(
      (error: Error & { hint?: string }) => error.hint === undefined,
    );
  });
});
