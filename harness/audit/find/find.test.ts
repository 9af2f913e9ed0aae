import { expect, test } from 'vitest';
import { openRepository } from '../../oci/repository/open.ts';
import { OPTIONS, startRegistry } from '../../testing/oci/registry/registry.ts';
import { scratch } from '../../testing/oci/image.ts';
import { BUNDLE, DSSE, Published } from '../../testing/audit/published.ts';
import { findBeside } from './find.ts';
import { findInFile } from './files.ts';
import { readSubject } from './subject.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const anything = { bytes: '{}', mediaType: DSSE };

async function found(reference: string): Promise<string[]> {
  const repository = await openRepository(reference, OPTIONS);
  try {
    const image = await readSubject(repository);
    const { found: all, unreadable } = await findBeside(repository, image);
    const short = (digest: string | null): string =>
      digest === image.top.digest
        ? 'top'
        : (image.platforms.find((one) => one.manifest.digest === digest)?.platform ?? 'nothing');
    return [
      ...all.map((one) => `${one.place} ${one.mediaType.split('.').at(-1) ?? ''} of ${short(one.about)}`),
      ...unreadable.map(({ place, reason }) => `unreadable ${place}: ${reason.split(': ').at(-1) ?? ''}`),
    ];
  } finally {
    await repository.close();
  }
}

test('all places are looked at, for the index and for every image in it', async () => {
  await using folder = await scratch();
  const world = new Published(folder.path);
  const amd64 = await world.image('linux/amd64');
  const arm64 = await world.image('linux/arm64');
  const beside = await world.buildkit(amd64, { bytes: '{}', mediaType: 'application/vnd.in-toto+json' });
  const top = await world.index(beside);
  expect(await found(`oci:${folder.path}`)).toEqual(['buildkit in-toto+json of linux/amd64']);
  await world.tag(top, 'att', anything, { ...anything, bytes: '{} ' });
  await world.tag(arm64, 'sig', {
    bytes: '{}',
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
  });
  await world.tag(amd64, 'sbom', { bytes: '{}', mediaType: 'text/spdx+json' });
  await world.refer(arm64, { bytes: '{}', mediaType: BUNDLE });
  const all = [
    'cosign-tag v1+json of top',
    'cosign-tag v1+json of top',
    'cosign-tag text/spdx+json of linux/amd64',
    'cosign-tag v1+json of linux/arm64',
    'referrers-tag 3+json of linux/arm64',
    'buildkit in-toto+json of linux/amd64',
  ];
  expect(await found(`oci:${folder.path}`)).toEqual(all);
  expect(await found(`oci:${folder.path}:latest`)).toEqual(all);
});

test('a registry is asked by tag and by the referrers API, page after page', async () => {
  await using folder = await scratch();
  const world = new Published(folder.path);
  const digest = await world.image();
  await world.alone();
  const pages = await Promise.all(
    ['one', 'two'].map((bytes) => world.manifest([{ bytes, mediaType: BUNDLE }], {})),
  );
  const tagged = await world.manifest([anything], {});
  await using registry = await startRegistry(folder.path, ({ url = '' }, response) => {
    const list = (manifest: unknown): string => JSON.stringify({ schemaVersion: 2, manifests: [manifest] });
    if (url.endsWith(`/referrers/${digest}`)) {
      const link = `<${url}?last=1>; rel="next"`;
      response
        .writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json', link })
        .end(list(pages[0]));
    } else if (url.endsWith('?last=1')) response.writeHead(200).end(list(pages[1]));
    else if (url.endsWith(`${digest.replace(':', '-')}.att`)) {
      void readFile(join(folder.path, 'blobs', tagged.digest.replace(':', '/'))).then((bytes) =>
        response.writeHead(200, { 'content-type': tagged.mediaType }).end(bytes),
      );
    } else return false;
    return true;
  });
  expect(await found(`docker://${registry.host}/app:latest`)).toEqual([
    'cosign-tag v1+json of top',
    'referrers-api 3+json of top',
    'referrers-api 3+json of top',
  ]);
});

test('what is damaged is told, and what is beside it is still found', async () => {
  await using folder = await scratch();
  const world = new Published(folder.path);
  const digest = await world.image();
  await world.alone();
  await world.refer(digest, { bytes: 'one', mediaType: BUNDLE }, { bytes: 'two', mediaType: BUNDLE });
  const manifest = await world.manifest([anything], {});
  await world.tag(digest, 'att', anything);
  await world.damage(manifest.digest);
  expect(await found(`oci:${folder.path}`)).toEqual([
    'referrers-tag 3+json of top',
    'referrers-tag 3+json of top',
    expect.stringMatching(
      /^unreadable cosign-tag: its bytes have the digest sha256|^unreadable cosign-tag: /,
    ),
  ]);
});

test('an image that hides behind the type of an artifact is still a platform', async () => {
  await using folder = await scratch();
  const world = new Published(folder.path);
  await world.image('linux/amd64');
  const hidden = new Published(folder.path);
  await hidden.image('linux/arm64');
  const arm64 = hidden.images.get('linux/arm64');
  if (arm64 === undefined) throw new Error('no image');
  await world.index({ ...arm64, artifactType: 'application/x' });
  const repository = await openRepository(`oci:${folder.path}`);
  const { platforms } = await readSubject(repository);
  expect(platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
});

test('a file holds one document, or one a line', async () => {
  await using folder = await scratch();
  const file = join(folder.path, 'file');
  const inFile = async (text: string): Promise<string[]> => {
    await writeFile(file, text);
    return (await findInFile(file)).map(({ where, size }) => `${where.slice(file.length)} ${size}`);
  };
  expect(await inFile('{}\n\n{"a":1}\n')).toEqual([':1 2', ':3 7']);
  expect(await inFile('{\n  "a": 1\n}\n')).toEqual([' 13']);
  expect(await inFile('')).toEqual([' 0']);
  await expect(findInFile(join(folder.path, 'none'))).rejects.toThrow('could not read it');
});

test('what has the config of an image is one, whatever else its descriptor says of it', async () => {
  await using folder = await scratch();
  const world = new Published(folder.path);
  const amd64 = await world.image('linux/amd64');
  const hidden = await world.image('linux/arm64', { config: { config: { Labels: { hidden: 'yes' } } } });
  const { platform, ...bare } = world.images.get('linux/arm64') ?? { digest: '', mediaType: '', size: 0 };
  expect(platform).toBeDefined();
  const artifact = { ...(await world.manifest([anything], {})), artifactType: 'application/x' };
  world.forget('linux/arm64');
  for (const more of [
    { artifactType: 'application/x' },
    {
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': amd64,
      },
    },
  ]) {
    await world.index({ ...bare, ...more }, artifact);
    const repository = await openRepository(`oci:${folder.path}:latest`, OPTIONS).catch(() => null);
    const image = repository === null ? null : await readSubject(repository);
    expect(image?.platforms.map(({ manifest }) => manifest.digest)).toEqual([amd64, hidden]);
    expect(image?.beside.map(({ descriptor }) => descriptor.digest)).toEqual([artifact.digest]);
    await repository?.close();
    world.forgetIndex();
  }
});

test('a tag of the name of the list of referrers that has no list, as tools give it to images that they mirror', async () => {
  await using folder = await scratch();
  const world = new Published(folder.path);
  const image = await world.image();
  const top = await world.index();
  const other = await world.manifest([anything], {});
  await world.name(top, top.replace(':', '-'));
  await world.name(other.digest, image.replace(':', '-'));
  expect(await found(`oci:${folder.path}:latest`)).toEqual([]);
  const tags = { [top]: top, [image]: other.digest };
  await using registry = await startRegistry(folder.path, ({ url = '' }, response) => {
    const [, digest] = Object.entries(tags).find(([tag]) => url.endsWith(tag.replace(':', '-'))) ?? [];
    if (digest === undefined) return false;
    void readFile(join(folder.path, 'blobs', digest.replace(':', '/'))).then((bytes) =>
      response.writeHead(200).end(bytes),
    );
    return true;
  });
  expect(await found(`docker://${registry.host}/app:latest`)).toEqual([]);
});
