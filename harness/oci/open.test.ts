import { createWriteStream } from 'node:fs';
import { mkdir, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { writeDockerArchive } from './transport/docker-archive.ts';
import { openImage } from './open.ts';
import { scratch, writeBlob, writeImage, writeIndex, writeLayout } from '../testing/oci/image.ts';
import { tar, type TestEntry } from '../testing/oci/tar/tar.ts';

const layer = tar([{ name: 'a', content: 'hello' }]);
const OCI = 'application/vnd.oci.image';

/** An archive of a layout's files. */
async function archived(folder: string, file: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const entries: TestEntry[] = [];
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    entries.push({ name: `./${path.slice(folder.length + 1)}`, content: await readFile(path) });
  }
  await writeFile(file, tar(entries, 'gnu'));
  return file;
}

describe('openImage', () => {
  it('opens the same image from a layout, an archive of it, and a docker archive', async () => {
    await using folder = await scratch();
    const layout = await openImage(
      await writeLayout(join(folder.path, 'layout'), { layers: [layer, layer] }),
    );
    const oci = await archived(join(folder.path, 'layout'), join(folder.path, 'oci.tar'));
    const docker = join(folder.path, 'docker.tar');
    await pipeline(writeDockerArchive(layout, 'name:tag'), createWriteStream(docker));
    const refs = [
      oci,
      `oci-archive:${oci}`,
      docker,
      `docker-archive:${docker}`,
      `docker-archive:${docker}:name:tag`,
    ];
    for (const ref of [...refs, layout.reference.slice(4)]) {
      const image = await openImage(ref);
      expect(image.config.digest).toBe(layout.config.digest);
      expect(image.layers.map(({ diffId }) => diffId)).toEqual(layout.layers.map(({ diffId }) => diffId));
    }
    await expect(openImage(`docker-archive:${docker}:other`)).rejects.toThrow('no image tagged "other"');
  });

  it('picks by tag and by platform, and says what there is when nothing fits', async () => {
    await using folder = await scratch();
    const amd = await writeImage(folder.path, { layers: [layer] });
    const arm = await writeImage(folder.path, { layers: [], config: { architecture: 'arm64' } });
    const provenance = await writeBlob(folder.path, Buffer.from('{}'), `${OCI}.manifest.v1+json`);
    const index = await writeBlob(
      folder.path,
      Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          manifests: [
            { ...amd, platform: { os: 'linux', architecture: 'amd64' } },
            { ...arm, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
            {
              ...provenance,
              platform: { os: 'unknown', architecture: 'unknown' },
              annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
            },
          ],
        }),
      ),
      `${OCI}.index.v1+json`,
    );
    const tagged = { ...index, annotations: { 'org.opencontainers.image.ref.name': 'v1' } };
    await writeIndex(folder.path, [
      tagged,
      { ...amd, annotations: { 'org.opencontainers.image.ref.name': 'v2' } },
    ]);
    const image = await openImage(`oci:${folder.path}:v1`, {
      platform: { os: 'linux', architecture: 'arm64' },
    });
    expect(image).toMatchObject({ index: index.digest, manifest: { digest: arm.digest } });
    expect(image.attestations).toHaveLength(1);
    const single = await openImage(`oci:${folder.path}:v2`);
    expect(single).toMatchObject({ index: null, manifest: { digest: amd.digest } });
    await expect(openImage(`oci:${folder.path}:v3`)).rejects.toMatchObject({ hint: 'it has v1, v2' });
    await expect(
      openImage(`oci:${folder.path}:v1`, { platform: { os: 'linux', architecture: 's390x' } }),
    ).rejects.toThrow('no image for linux/s390x');
    await expect(
      openImage(`oci:${folder.path}:v2`, { platform: { os: 'linux', architecture: 'arm64' } }),
    ).rejects.toThrow('is an image for linux/amd64');
  });

  it.each([
    ['docker://example.org/Image', 'usage', 'not a repository name'],
    ['docker:example.org/image', 'usage', 'docker://'],
    ['docker://-x/y', 'usage', 'not a repository name'],
    ['docker://example.org/image:ta/g', 'usage', 'not a repository name'],
    ['docker://example.org/image@sha256:abc', 'image-invalid', 'not a sha256 digest'],
    ['ostree:image', 'unsupported', 'ostree'],
    ['docker-daemon:', 'usage', 'expected'],
    ['oci:', 'usage', 'expected'],
    ['', 'usage', 'expected'],
    ['/does/not/exist', 'image-invalid', 'no such file'],
    ['oci:/does/not/exist:tag', 'image-invalid', 'missing'],
    ['docker-archive:/dev/zero', 'image-invalid', 'not a regular file'],
  ])('refuses %s', async (reference, code, message) => {
    await expect(openImage(reference)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('hostile layouts', () => {
  const broken: [what: string, damage: (folder: string) => Promise<unknown>, message: string][] = [
    ['an index that is no JSON', (path) => writeFile(join(path, 'index.json'), '{"manifests":'), 'not JSON'],
    ['an index that is no object', (path) => writeFile(join(path, 'index.json'), '[]'), 'object is expected'],
    ['an index without images', (path) => writeIndex(path, []), 'holds no image'],
    ['JSON nested deep', (path) => writeFile(join(path, 'index.json'), '['.repeat(100_000)), 'nested deeper'],
    [
      'JSON that is not UTF-8',
      (path) => writeFile(join(path, 'index.json'), Buffer.from([0x22, 0xff, 0x22])),
      'UTF-8',
    ],
    [
      'a digest that is a path',
      (path) => writeIndex(path, [{ digest: 'sha256:../../../../etc/passwd', size: 1 }]),
      'not a digest',
    ],
    [
      'a digest of an unknown kind',
      (path) => writeIndex(path, [{ digest: 'md5:d41d8cd98f00b204e9800998ecf8427e', size: 0 }]),
      'algorithm "md5"',
    ],
    [
      'a negative size',
      (path) => writeIndex(path, [{ digest: `sha256:${'0'.repeat(64)}`, size: -1 }]),
      'size in bytes',
    ],
    [
      'a manifest that is not there',
      (path) => writeIndex(path, [{ digest: `sha256:${'0'.repeat(64)}`, size: 1 }]),
      'missing',
    ],
    [
      'an unknown media type',
      async (path) => {
        await writeIndex(path, [await writeBlob(path, Buffer.from('{}'), 'text/x-mystery')]);
      },
      'text/x-mystery',
    ],
    [
      'a manifest of another size',
      async (path) => {
        const manifest = await writeImage(path, { layers: [] });
        await writeIndex(path, [{ ...manifest, size: manifest.size + 1 }]);
      },
      'its descriptor says',
    ],
    [
      'fewer layers than diffIDs',
      async (path) => {
        await writeIndex(path, [await writeImage(path, { layers: [layer], manifest: { layers: [] } })]);
      },
      'its config lists 1',
    ],
    [
      'a huge document',
      async (path) => {
        await truncate(join(path, 'index.json'), 10 ** 13).catch(() =>
          truncate(join(path, 'index.json'), 10 ** 9),
        );
      },
      'too large',
    ],
    [
      'a folder in place of a file',
      async (path) => {
        await rm(join(path, 'index.json'));
        await mkdir(join(path, 'index.json'));
      },
      'not a regular file',
    ],
    [
      'an index in itself',
      async (path) => {
        let inner = await writeImage(path, { layers: [] });
        for (let depth = 0; depth < 8; depth++) {
          inner = await writeBlob(
            path,
            Buffer.from(JSON.stringify({ manifests: [inner], depth })),
            `${OCI}.index.v1+json`,
          );
        }
        await writeIndex(path, [inner]);
      },
      'nested too deep',
    ],
  ];

  it.each(broken)('refuses %s', async (_, damage, message) => {
    await using folder = await scratch();
    const reference = await writeLayout(folder.path, { layers: [layer] });
    await damage(folder.path);
    await expect(openImage(reference)).rejects.toMatchObject({
      code: expect.stringMatching(/^(image-invalid|unsupported)$/) as string,
      message: expect.stringContaining(message) as string,
    });
  });

  it('escapes what it quotes', async () => {
    await using folder = await scratch();
    await writeIndex(folder.path, [await writeBlob(folder.path, Buffer.from('{}'), 'x/\x1b[2J\u202e')]);
    await expect(openImage(`oci:${folder.path}`)).rejects.toThrow('x/\\x1b[2J\\u{202e}');
  });
});
