import { expect, test } from 'vitest';
import { sha256 } from '../../model/digest.ts';
import { type KeepingRegistry, startKeepingRegistry } from '../../testing/oci/registry/keeping.ts';
import { OPTIONS } from '../../testing/oci/registry/registry.ts';
import { parseRegistryName } from '../registry/name.ts';
import { type Attached, attachDocument } from './attach.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const IMAGE = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [] }));
const SUBJECT = sha256(IMAGE);
const TAG = SUBJECT.replace(':', '-');
const TYPE = 'application/vnd.example.statement+json';
const ANNOTATIONS = { 'org.example.a': 'b' };

function attach({ host, manifests }: KeepingRegistry, text = '{"a":1}'): Promise<Attached> {
  manifests.set(SUBJECT, { type: INDEX, bytes: IMAGE });
  const document = { bytes: Buffer.from(text), mediaType: TYPE, annotations: ANNOTATIONS };
  return attachDocument(parseRegistryName(`//${host}/org/app@${SUBJECT}`), document, OPTIONS);
}

const json = (registry: KeepingRegistry, version: string): unknown =>
  JSON.parse(registry.manifests.get(version)?.bytes.toString() ?? 'null');

test('a registry with the referrers API lists it; no tag is written', async () => {
  await using registry = await startKeepingRegistry({ referrers: true });
  const { digest, listedBy } = await attach(registry);
  expect(listedBy).toBe('referrers-api');
  expect(json(registry, digest)).toEqual({
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType: TYPE,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256('{}'), size: 2 },
    layers: [{ mediaType: TYPE, digest: sha256('{"a":1}'), size: 7 }],
    subject: { mediaType: INDEX, digest: SUBJECT, size: IMAGE.length },
    annotations: ANNOTATIONS,
  });
  expect(registry.blobs.get(sha256('{"a":1}'))?.toString()).toBe('{"a":1}');
  expect(registry.manifests.has(TAG)).toBe(false);
});

test('without the API it is listed under the tag, beside what is there, and once', async () => {
  await using registry = await startKeepingRegistry({ referrers: false });
  const other = { mediaType: MANIFEST, digest: SUBJECT, size: 1, artifactType: 'other', 'x-own': 1 };
  const list = { schemaVersion: 2, mediaType: INDEX, manifests: [other], annotations: { kept: 'yes' } };
  registry.manifests.set(TAG, { type: INDEX, bytes: Buffer.from(JSON.stringify(list)) });
  const { digest, listedBy } = await attach(registry);
  expect(listedBy).toBe('referrers-tag');
  const { length: size } = registry.manifests.get(digest)?.bytes ?? [];
  const entry = { mediaType: MANIFEST, digest, size, artifactType: TYPE, annotations: ANNOTATIONS };
  expect(json(registry, TAG)).toEqual({ ...list, manifests: [other, entry] });
  await attach(registry);
  expect(json(registry, TAG)).toEqual({ ...list, manifests: [other, entry] });
  const second = await attach(registry, '{"a":2}');
  expect(json(registry, TAG)).toMatchObject({ manifests: [other, entry, { digest: second.digest }] });
});

test('a list that somebody else writes at the same time is told, not taken for stored', async () => {
  const onTagged = (): Buffer =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [] }));
  await using registry = await startKeepingRegistry({ referrers: false, onTagged });
  await expect(attach(registry)).rejects.toMatchObject({
    code: 'input-unavailable',
    message: expect.stringContaining('does not list it') as string,
  });
});

test('a tag that leads to an image is left as it is', async () => {
  await using registry = await startKeepingRegistry({ referrers: false });
  const image = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST }));
  registry.manifests.set(TAG, { type: MANIFEST, bytes: image });
  await expect(attach(registry)).rejects.toMatchObject({ code: 'image-invalid' });
  expect(registry.manifests.get(TAG)?.bytes).toEqual(image);
});
