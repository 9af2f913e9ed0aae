import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openImage } from '../open.ts';
import { tar } from '../../testing/oci/tar/tar.ts';
import { scratch, writeBlob, writeImage, writeIndex, type Described } from '../../testing/oci/image.ts';

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const layer = tar([{ name: 'x' }]);

const tagged = (one: Described, tag: string): Described => ({
  ...one,
  annotations: { 'org.opencontainers.image.ref.name': tag },
});

/** A manifest that speaks about another one; its own descriptor does not say so. */
async function referrer(
  folder: string,
  subject: Described | null,
  type = 'application/x-sbom',
): Promise<Described> {
  const config = await writeBlob(folder, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
  const blob = await writeBlob(folder, Buffer.from('sbom'), type);
  const json = {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    artifactType: type,
    config,
    layers: [blob],
  };
  return writeBlob(
    folder,
    Buffer.from(JSON.stringify({ ...json, ...(subject === null ? {} : { subject }) })),
    json.mediaType,
  );
}

describe('images of a layout', () => {
  it('under several names are one', async () => {
    await using folder = await scratch();
    const one = await writeImage(folder.path, { layers: [layer] });
    await writeIndex(folder.path, [one, tagged(one, 'a'), tagged(one, 'b')]);
    const image = await openImage(`oci:${folder.path}`);
    expect(image).toMatchObject({ index: null, manifest: { digest: one.digest } });
  });

  it('that are several are picked by what the error says', async () => {
    await using folder = await scratch();
    const images = await Promise.all(
      ['1', '2', '3'].map((user) => writeImage(folder.path, { layers: [layer], config: { user } })),
    );
    const [a, b, c] = images as [Described, Described, Described];
    const full = 'registry.example/b:1';
    await writeIndex(folder.path, [
      tagged(a, 'app'),
      { ...b, annotations: { 'io.containerd.image.name': full, 'org.opencontainers.image.ref.name': '1' } },
      c,
      tagged(c, 'app'),
    ]);
    const error: unknown = await openImage(`oci:${folder.path}`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'image-invalid' });
    const ways = [...(error as { hint: string }).hint.matchAll(/\((:[^)]*)\)/g)].map(([, way]) => way ?? '');
    expect(ways).toEqual([':@0', `:${full}`, ':@2']);
    for (const [at, way] of ways.entries()) {
      const picked = await openImage(`oci:${folder.path}${way}`);
      expect(picked.manifest.digest).toBe(images[at]?.digest);
    }
  });

  it('are told from what speaks about them, also where its descriptor does not say what it is', async () => {
    await using folder = await scratch();
    const image = await writeImage(folder.path, { layers: [layer] });
    const about = await referrer(folder.path, image);
    const alone = await referrer(folder.path, null, 'application/x-chart');
    await writeIndex(folder.path, [about, image, alone]);
    const opened = await openImage(`oci:${folder.path}`);
    expect(opened).toMatchObject({ index: null, manifest: { digest: image.digest } });
    expect(opened.attestations.map(({ digest }) => digest)).toEqual([about.digest]);

    const inner = await writeBlob(
      folder.path,
      Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [image, about] })),
      `${OCI}.index.v1+json`,
    );
    await writeIndex(folder.path, [inner]);
    const nested = await openImage(`oci:${folder.path}`);
    expect(nested).toMatchObject({ index: inner.digest, manifest: { digest: image.digest } });
    expect(nested.attestations).toHaveLength(1);
    await writeIndex(folder.path, [about]);
    expect((await openImage(`oci:${folder.path}`)).artifact).not.toBeNull();
  });

  it.each(['application/octet-stream', ''])(
    "of Docker's schema 2 may have a config of type %j",
    async (mediaType) => {
      await using folder = await scratch();
      const typed = async (manifestType: string): Promise<unknown> => {
        const path = join(folder.path, encodeURIComponent(manifestType));
        const { digest } = await writeImage(path, { layers: [layer] });
        const { config, layers } = JSON.parse(
          await readFile(join(path, 'blobs', digest.replace(':', '/')), 'utf8'),
        ) as { config: Described; layers: Described[] };
        const json = { schemaVersion: 2, mediaType: manifestType, config: { ...config, mediaType }, layers };
        await writeIndex(path, [await writeBlob(path, Buffer.from(JSON.stringify(json)), manifestType)]);
        const { artifact, layers: found } = await openImage(`oci:${path}`);
        return [artifact === null, found.length];
      };
      expect(await typed(DOCKER)).toEqual([true, 1]);
      expect(await typed(`${OCI}.manifest.v1+json`)).toEqual([false, 0]);
    },
  );
});
