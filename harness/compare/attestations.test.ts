import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRegistry } from '../testing/oci/registry/registry.ts';
import { openImage } from '../oci/open.ts';
import { tar } from '../testing/oci/tar/tar.ts';
import { scratch, writeBlob, writeImage, writeIndex, type Described } from '../testing/oci/image.ts';
import { compareImages } from './compare.ts';
import type { AttestationDiff, DiffResult } from './types.ts';

const OCI = 'application/vnd.oci.image';
const IN_TOTO = 'application/vnd.in-toto+json';
const PROVENANCE = 'https://slsa.dev/provenance/v1';
const SBOM = 'https://spdx.dev/Document';
const layer = tar([{ name: 'a', content: 'hello' }]);

/** A manifest of statements by predicate type, as buildkit writes it. */
async function attestation(folder: string, statements: [kind: string, json: unknown][]): Promise<Described> {
  const layers = [];
  for (const [kind, json] of statements) {
    const blob = await writeBlob(folder, Buffer.from(JSON.stringify(json)), IN_TOTO);
    layers.push({ ...blob, annotations: { 'in-toto.io/predicate-type': kind } });
  }
  return writeImage(folder, { layers: [], manifest: { layers } });
}

const beside = (manifest: Described, subject: Described): Described => ({
  ...manifest,
  platform: { os: 'unknown', architecture: 'unknown' },
  annotations: {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': subject.digest,
  },
});

async function indexed(folder: string, manifests: Described[]): Promise<string> {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }));
  await writeIndex(folder, [await writeBlob(folder, bytes, `${OCI}.index.v1+json`)]);
  return `oci:${folder}`;
}

/** An index with one image, what is said about it, and what is said about something else. */
async function built(folder: string, statements: [kind: string, json: unknown][]): Promise<string> {
  const image = await writeImage(folder, { layers: [layer] });
  const other = await writeImage(folder, { layers: [] });
  const linux = { ...image, platform: { os: 'linux', architecture: 'amd64' } };
  const foreign = await attestation(folder, [['other', { about: 'another' }]]);
  const own = await attestation(folder, statements);
  return indexed(folder, [linux, beside(foreign, other), beside(own, image)]);
}

async function diff(a: string, b: string): Promise<DiffResult> {
  return compareImages(await openImage(a), await openImage(b), { rung: 'manifest' });
}

const short = ({ kind, change, differences }: AttestationDiff): string =>
  [kind, change, ...differences.map(({ pointer }) => pointer)].join(' ');

describe('attestations', () => {
  it('are set apart and compared, and do not count against the manifest', async () => {
    await using one = await scratch();
    await using other = await scratch();
    const a = await built(one.path, [
      [PROVENANCE, { builder: 1, when: 'monday', same: [1] }],
      [SBOM, { packages: [] }],
      ['only/a', {}],
    ]);
    const b = await built(other.path, [
      [SBOM, { packages: [] }],
      [PROVENANCE, { builder: 1, when: 'tuesday', same: [1] }],
    ]);
    const result = await diff(a, b);
    expect(result).toMatchObject({ identical: true, rung: 'manifest', rungs: { index: false } });
    expect(result.attestations.map(short)).toEqual([
      `${PROVENANCE} changed /when`,
      `${SBOM} same`,
      'only/a removed',
    ]);
  });

  it('that nobody copied along are told by their digest; a broken one is an error', async () => {
    await using one = await scratch();
    await using other = await scratch();
    const a = await built(one.path, [[PROVENANCE, { when: 1 }]]);
    const b = await built(other.path, [[PROVENANCE, { when: 2 }]]);
    const image = await openImage(b);
    const [manifest] = image.attestations;
    await rm(join(other.path, 'blobs', (manifest?.digest ?? '').replace(':', '/')));
    const result = await diff(a, b);
    expect(result.identical).toBe(true);
    expect(result.attestations.map(({ kind, change }) => [kind, change])).toEqual([
      [`${OCI}.manifest.v1+json`, 'added'],
      [PROVENANCE, 'removed'],
    ]);
    const broken = await openImage(a);
    const [own] = broken.attestations;
    await writeFile(
      join(one.path, 'blobs', (own?.digest ?? '').replace(':', '/')),
      Buffer.alloc(own?.size ?? 0, 0x20),
    );
    await expect(diff(a, b)).rejects.toMatchObject({ code: 'image-invalid' });
  });

  /** An artifact whose subject is the image. */
  const signature = async (folder: string, subject: Described, text: string): Promise<Described> => {
    const config = await writeBlob(folder, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
    const layers = [await writeBlob(folder, Buffer.from(JSON.stringify({ text })), 'application/json')];
    const manifest = { config, layers, subject, artifactType: 'example/signature' };
    const { digest, size, mediaType } = await writeImage(folder, { layers: [], manifest });
    return { digest, size, mediaType, artifactType: 'example/signature' };
  };

  it('are also manifests that have the image as their subject, in a layout and in a registry', async () => {
    await using one = await scratch();
    await using other = await scratch();
    const write = async (
      folder: string,
      text: string,
    ): Promise<{ image: Described; referrer: Described }> => {
      const image = await writeImage(folder, { layers: [layer] });
      const referrer = await signature(folder, image, text);
      const stranger = await signature(folder, { ...image, digest: `sha256:${'0'.repeat(64)}` }, text);
      await writeIndex(folder, [image, referrer, stranger]);
      return { image, referrer };
    };
    await write(one.path, 'x');
    const { image, referrer } = await write(other.path, 'y');
    const expected = [`example/signature changed /text`];
    expect((await diff(`oci:${one.path}`, `oci:${other.path}`)).attestations.map(short)).toEqual(expected);

    await writeIndex(other.path, [image]);
    const list = JSON.stringify({ schemaVersion: 2, manifests: [referrer] });
    await using api = await startRegistry(other.path, (request, response) => {
      if (request.url !== `/v2/r/referrers/${image.digest}`) return false;
      response.end(list);
      return true;
    });
    await using tags = await startRegistry(other.path, (request, response) => {
      if (request.url !== `/v2/r/manifests/${image.digest.replace(':', '-')}`) return false;
      response.end(list);
      return true;
    });
    for (const { host } of [api, tags]) {
      const result = await diff(`oci:${one.path}`, `docker://${host}/r`);
      expect(result.attestations.map(short)).toEqual(expected);
      expect(result.identical).toBe(true);
    }
  });
});
