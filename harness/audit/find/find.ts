import { TwinproofError, errorLine } from '../../errors.ts';
import { blobsOf } from '../../oci/image.ts';
import { imageInvalid } from '../../oci/fault.ts';
import { MAX_REFERRERS } from '../../oci/limits.ts';
import { cosignKind } from '../../oci/repository/layout.ts';
import type { Repository } from '../../oci/repository/types.ts';
import type { Descriptor, Document } from '../../oci/types.ts';
import { type AuditedImage, documentsOf } from './subject.ts';
import type { FoundStatement, EvidencePlace, Unreadable } from './types.ts';

/** Suffixes of the tags that cosign v2 and Tekton Chains write. */
const COSIGN_TAGS = ['att', 'sig', 'sbom'];

type Placed = Omit<FoundStatement, 'id'>;

/**
 * Everything that is kept beside an image and may speak about it, in all places where such things are kept.
 * @throws TwinproofError input-unavailable when the registry does not answer: then nothing is known
 */
export async function findBeside(
  repository: Repository,
  image: AuditedImage,
): Promise<{ found: Placed[]; unreadable: Unreadable[] }> {
  const search = new Search(repository);
  for (const { digest } of documentsOf(image)) {
    await search.cosignTags(digest);
    await search.referrers(digest);
  }
  await search.cosignLayout(image.top.digest);
  await search.buildkit(image);
  return { found: search.found, unreadable: search.unreadable };
}

class Search {
  readonly found: Placed[] = [];
  readonly unreadable: Unreadable[] = [];
  readonly #repository: Repository;
  /** One manifest may be listed in several places; it is reported of the first. */
  readonly #seen = new Set<string>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  async cosignTags(digest: string): Promise<void> {
    for (const suffix of COSIGN_TAGS) {
      const tag = `${digest.replace(':', '-')}.${suffix}`;
      await this.#attempt('cosign-tag', tag, async () => {
        const manifest = await this.#repository.tagged(tag);
        if (manifest !== null) this.#layers(manifest, { place: 'cosign-tag', where: tag, about: digest });
      });
    }
  }

  async referrers(digest: string): Promise<void> {
    for (const { by, descriptor } of await this.#repository.referrers(digest)) {
      const where = `${descriptor.artifactType ?? 'manifest'} ${descriptor.digest}`;
      await this.#manifest(descriptor, { place: by, where, about: digest });
    }
  }

  async cosignLayout(digest: string): Promise<void> {
    for (const one of this.#repository.others)
      if (['sigs', 'atts'].includes(cosignKind(one) ?? ''))
        await this.#manifest(one, {
          place: 'cosign-layout',
          where: `${cosignKind(one) ?? ''} ${one.digest}`,
          about: digest,
        });
  }

  async buildkit({ beside, platforms }: AuditedImage): Promise<void> {
    const audited = new Set(platforms.map(({ manifest }) => manifest.digest));
    for (const { index, descriptor } of beside) {
      const about = descriptor.annotations?.['vnd.docker.reference.digest'] ?? index.digest;
      if (!audited.has(about) && about !== index.digest) continue;
      await this.#manifest(descriptor, {
        place: 'buildkit',
        where: `attestation manifest ${descriptor.digest}`,
        about,
      });
    }
  }

  async #manifest(descriptor: Descriptor, at: At): Promise<void> {
    if (this.#seen.has(descriptor.digest)) return;
    await this.#attempt(at.place, at.where, async () => {
      this.#layers(await this.#repository.readManifest(descriptor), at);
    });
  }

  #layers(manifest: Document, { place, where, about }: At): void {
    if (this.#seen.has(manifest.digest)) return;
    this.#seen.add(manifest.digest);
    const layers = blobsOf(manifest, where);
    for (const [number, layer] of layers.entries()) {
      if (this.found.length >= MAX_REFERRERS)
        throw imageInvalid(`more than ${MAX_REFERRERS} attestations`, where);
      const { digest, mediaType, size, annotations = {} } = layer;
      this.found.push({
        place,
        where: layers.length === 1 ? where : `${where}, layer ${number + 1}`,
        about,
        mediaType,
        digest,
        size,
        annotations,
        read: () => this.#repository.readBlob(layer),
      });
    }
  }

  /** What is damaged is reported and passed over; what could not be asked ends the search. */
  async #attempt(place: EvidencePlace, where: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const isDamaged =
        error instanceof TwinproofError && ['image-invalid', 'unsupported'].includes(error.code);
      if (!isDamaged) throw error;
      this.unreadable.push({ place, where, reason: errorLine(error) });
    }
  }
}

interface At {
  place: EvidencePlace;
  where: string;
  about: string;
}
