import { TwinproofError } from '../../errors.ts';
import { readDocument } from '../blob.ts';
import { parseDescriptor } from '../descriptor.ts';
import { imageInvalid } from '../fault.ts';
import { asArray } from '../json.ts';
import { MAX_REFERRERS } from '../limits.ts';
import { OCI_INDEX } from '../media-types.ts';
import { isReferrersList } from '../referrers-list.ts';
import { isBeside } from '../transport/attestations.ts';
import { documentOf, manifestsFrom, readSmall } from '../transport/documents.ts';
import { layoutLocate, REFERRERS_TAG } from '../transport/layout.ts';
import { distinct, refName, withTag } from '../transport/select.ts';
import type { FileStore } from '../transport/types.ts';
import type { Descriptor, Document } from '../types.ts';
import type { ListedBy, Repository } from './types.ts';

/** What `cosign save` writes about an entry of its layout. */
const COSIGN_KIND = 'kind';
const COSIGN = 'dev.cosignproject.cosign/';

/** What an entry of a layout by cosign is: `image`, `imageIndex`, `sigs`, `atts`; null for other entries. */
export function cosignKind({ annotations }: Descriptor): string | null {
  const kind = annotations?.[COSIGN_KIND] ?? '';
  return kind.startsWith(COSIGN) ? kind.slice(COSIGN.length) : null;
}

const BESIDE_KINDS = ['sigs', 'atts'];

/** An OCI image layout in a folder or archive, attestations and signatures in it included. */
export async function layoutRepository(
  reference: string,
  store: FileStore,
  tag: string | null,
): Promise<Repository> {
  const where = `${store.path}: index.json`;
  const bytes = await readSmall(store, 'index.json', 'is it an OCI layout or image archive?');
  const { json } = documentOf(bytes, OCI_INDEX, where);
  const values = asArray(json.manifests, `${where}/manifests`);
  if (values.length > MAX_REFERRERS) throw imageInvalid(`has more than ${MAX_REFERRERS} entries`, where);
  const entries = values.map((value, number) => parseDescriptor(value, `${where}/manifests/${number}`));
  const locate = layoutLocate(store);
  const readManifest = manifestsFrom(locate, store.path);
  const topEntry = await chosen(entries, tag, { where, readManifest });
  const named = (name: string): Descriptor | undefined =>
    entries.find((one) => refName(one) === name || endsWith(one, name));
  return {
    reference,
    top: await readManifest(topEntry),
    others: entries.filter(({ digest }) => digest !== topEntry.digest),
    readManifest,
    tagged: async (name) => {
      const entry = named(name);
      return entry === undefined ? null : readManifest(entry);
    },
    referrers: async (digest) => {
      const list = named(digest.replace(':', '-'));
      const document = list === undefined ? null : await readManifest(list);
      const tagged =
        document !== null && isReferrersList(document, digest)
          ? listedIn(document, `${where}: ${document.digest}`)
          : [];
      const beside = await subjectsOf(entries, digest, readManifest);
      return [...listed('referrers-tag', tagged), ...listed('layout', beside)];
    },
    readBlob: async (descriptor) => readDocument(descriptor, await locate(descriptor)),
    close: () => store.close?.() ?? Promise.resolve(),
  };
}

const listed = (by: ListedBy, all: Descriptor[]): { by: ListedBy; descriptor: Descriptor }[] =>
  all.map((descriptor) => ({ by, descriptor }));

/** Some tools write the whole name where the tag belongs. */
const endsWith = (one: Descriptor, name: string): boolean => refName(one)?.endsWith(`:${name}`) === true;

function listedIn({ json }: Document, where: string): Descriptor[] {
  return asArray(json.manifests, `${where}/manifests`).map((value, number) =>
    parseDescriptor(value, `${where}/manifests/${number}`),
  );
}

/** Entries that stand in the layout by themselves and have that digest as their `subject`, as `oras copy -r` leaves them. */
async function subjectsOf(
  entries: readonly Descriptor[],
  digest: string,
  read: (one: Descriptor) => Promise<Document>,
): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for (const entry of entries) if ((await subjectOf(entry, read)) === digest) found.push(entry);
  return found;
}

async function subjectOf(
  entry: Descriptor,
  read: (one: Descriptor) => Promise<Document>,
): Promise<string | null> {
  try {
    const { subject } = (await read(entry)).json;
    return (subject ?? null) === null ? null : parseDescriptor(subject, entry.digest).digest;
  } catch (error) {
    // What cannot be read refers to nothing; where it is asked for by name it is reported.
    if (error instanceof TwinproofError) return null;
    throw error;
  }
}

/** The entry that the reference means. @throws TwinproofError image-invalid where there is none or more than one */
async function chosen(
  entries: Descriptor[],
  tag: string | null,
  { where, readManifest }: { where: string; readManifest: (one: Descriptor) => Promise<Document> },
): Promise<Descriptor> {
  const ordinary = (name: string): boolean => !REFERRERS_TAG.test(name.split(':').at(-1) ?? '');
  const named = withTag(entries, tag, where, ordinary);
  const candidates = tag === null ? named.filter((one) => isSubject(one)) : named;
  const images: Descriptor[] = [];
  for (const one of distinct(candidates))
    if (candidates.length === 1 || (await subjectOf(one, readManifest)) === null) images.push(one);
  const [only, ...more] = images;
  if (only === undefined) throw imageInvalid('holds no image', where);
  if (more.length === 0) return only;
  const tags = images.flatMap((one) => refName(one) ?? []);
  throw imageInvalid(
    `has ${images.length} images`,
    where,
    tags.length > 0
      ? `put one of these behind the folder: :${tags.slice(0, 5).join(', :')}`
      : 'put :@0, :@1 … behind the folder',
  );
}

const isSubject = (one: Descriptor): boolean =>
  !BESIDE_KINDS.includes(cosignKind(one) ?? '') && !isBeside(one);
