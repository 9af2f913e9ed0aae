import { TwinproofError } from '../../errors.ts';
import { sha256 } from '../../model/digest.ts';
import { imageInvalid } from '../fault.ts';
import { asArray } from '../json.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../media-types.ts';
import { fetchManifest, fetchTagged } from '../registry/manifest.ts';
import type { RegistryName } from '../registry/name.ts';
import { fetchReferrers, referrersTag } from '../registry/referrers.ts';
import { RegistrySession } from '../registry/session.ts';
import type { RegistryOptions } from '../registry/types.ts';
import { uploadBlob, uploadManifest } from '../registry/upload.ts';
import type { Document, Json, JsonObject } from '../types.ts';
import { EMPTY, EMPTY_BYTES } from './manifest.ts';
import { MAX_MANIFEST } from './push.ts';

/** One document, stored beside an image. */
export interface Attachment {
  bytes: Uint8Array;
  /** Of the document and of the artifact that holds it. */
  mediaType: string;
  annotations: Readonly<Record<string, string>>;
}

export interface Attached {
  /** Of the manifest that holds the document. */
  digest: string;
  /** The list by which it is found. */
  listedBy: 'referrers-api' | 'referrers-tag';
}

/**
 * Stores a document as an artifact whose `subject` is an image, so that it is found from the image: by the referrers API,
 * or, where the registry has none, by the list under a tag that stands for it.
 * @param name the image by digest
 * @throws TwinproofError input-unavailable when the registry does not take it, or does not list it afterwards; image-invalid
 */
export async function attachDocument(
  name: RegistryName,
  { bytes, mediaType, annotations }: Attachment,
  options: RegistryOptions = {},
): Promise<Attached> {
  const where = `docker://${name.registry}/${name.repository}@${name.version}`;
  const session = new RegistrySession(where, name, { ...options, push: true });
  try {
    const subject = await fetchManifest(session, where);
    const layer = { mediaType, digest: sha256(bytes), size: bytes.length };
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        artifactType: mediaType,
        config: EMPTY,
        layers: [layer],
        subject: descriptorOf(subject),
        annotations,
      }),
    );
    const digest = sha256(manifest);
    await uploadBlob(session, { ...EMPTY, from: EMPTY_BYTES });
    await uploadBlob(session, { ...layer, from: bytes });
    const listed = await uploadManifest(session, manifest, { mediaType: OCI_MANIFEST, version: digest });
    if (listed !== subject.digest) {
      const entry = { mediaType: OCI_MANIFEST, digest, size: manifest.length, artifactType: mediaType };
      await listUnderTag(session, where, { subject: subject.digest, entry: { ...entry, annotations } });
    }
    return { digest, listedBy: await listOf(session, where, { subject: subject.digest, digest }) };
  } finally {
    await session.close();
  }
}

const descriptorOf = ({ mediaType, digest, bytes }: Document): JsonObject => ({
  mediaType,
  digest,
  size: bytes.length,
});

/** Adds an entry to the list that a tag leads to; what is in the list already stays as it is. */
async function listUnderTag(
  session: RegistrySession,
  where: string,
  { subject, entry }: { subject: string; entry: { digest: string } & JsonObject },
): Promise<void> {
  const tag = referrersTag(subject);
  const known = await fetchTagged(session, where, tag);
  if (known !== null && known.mediaType !== OCI_INDEX)
    throw imageInvalid(`is of type "${known.mediaType}", no list of referrers`, `${where}: ${tag}`);
  const entries: Json[] = known === null ? [] : asArray(known.json.manifests, `${where}: ${tag}/manifests`);
  if (entries.some((one) => digestIn(one) === entry.digest)) return;
  const list = {
    ...(known?.json ?? { schemaVersion: 2, mediaType: OCI_INDEX }),
    manifests: [...entries, entry],
  };
  const bytes = Buffer.from(JSON.stringify(list));
  if (bytes.length > MAX_MANIFEST)
    throw imageInvalid(`has ${entries.length} entries, too many for one more`, `${where}: ${tag}`);
  await uploadManifest(session, bytes, { mediaType: OCI_INDEX, version: tag });
}

const digestIn = (entry: Json): Json | undefined =>
  typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry.digest : undefined;

/** Somebody else who wrote the list under the tag at the same time may have written it without this entry. */
async function listOf(
  session: RegistrySession,
  where: string,
  { subject, digest }: { subject: string; digest: string },
): Promise<Attached['listedBy']> {
  const { listed, tagged } = await fetchReferrers(session, where, subject);
  if (listed.some((one) => one.digest === digest)) return 'referrers-api';
  if (tagged.some((one) => one.digest === digest)) return 'referrers-tag';
  throw new TwinproofError('input-unavailable', `the registry holds ${digest} and does not list it`, {
    where,
    hint: 'another write may have replaced the list; attach it again',
  });
}
