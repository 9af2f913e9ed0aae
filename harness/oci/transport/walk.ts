import { TwinproofError } from '../../errors.ts';
import { parseDescriptor } from '../descriptor.ts';
import { imageInvalid, imageUnsupported } from '../fault.ts';
import { makeImage, type Source } from '../image.ts';
import { asArray } from '../json.ts';
import { MAX_INDEX_DEPTH, MAX_INDEXES } from '../limits.ts';
import { blobKind, isImageConfig, isSchema1 } from '../media-types.ts';
import type { Descriptor, Document, OciImage } from '../types.ts';
import { attestationsOf, isBeside } from './attestations.ts';
import { distinct, selectManifest } from './select.ts';
import type { Platform } from '../../model/platform.ts';

export interface Wanted {
  /** As it was asked for. */
  reference: string;
  platform: Platform | undefined;
}

/** Entries of an index: images and indexes of images, and what stands beside them. */
interface Entries {
  images: Descriptor[];
  beside: Descriptor[];
}

/** By media type, or by its shape where no media type is given. */
function documentKind({ mediaType, json }: Document): string {
  if (isSchema1(mediaType) || json.schemaVersion === 1) return 'schema 1';
  if (mediaType !== '') return blobKind(mediaType);
  return json.manifests === undefined ? (json.config === undefined ? 'other' : 'manifest') : 'index';
}

/** Artifacts count as images only where there is nothing else. */
export function entriesOf(index: Document, where: string): Entries {
  const all = asArray(index.json.manifests, `${where}/manifests`).map((value, at) =>
    parseDescriptor(value, `${where}/manifests/${at}`),
  );
  const images = all.filter((one) => !isBeside(one));
  if (images.length > 0) return { images, beside: all.filter(isBeside) };
  const artifacts = all.filter(({ artifactType }) => artifactType !== undefined);
  return { images: artifacts, beside: all.filter((one) => !artifacts.includes(one)) };
}

/** Goes from a manifest or index down to the one image that was asked for. */
class Walk {
  readonly #source: Source;
  readonly #wanted: Wanted;
  readonly #beside: Descriptor[] = [];
  #read = 0;

  constructor(source: Source, wanted: Wanted) {
    this.#source = source;
    this.#wanted = wanted;
  }

  /** @param index digest of the outermost index met so far */
  async image(document: Document, index: string | null, depth = 0): Promise<OciImage> {
    const where = `${this.#source.path}: ${document.digest}`;
    switch (documentKind(document)) {
      case 'manifest':
        return this.#make(document, index);
      case 'index': {
        const images = await this.#flat(document, where, depth);
        return this.choose(images, index ?? document.digest, { where, depth: depth + 1 });
      }
      case 'schema 1':
        throw imageUnsupported(
          'a manifest of Docker schema 1',
          where,
          'pull and push it with a current tool',
        );
      default:
        throw imageUnsupported(`media type "${document.mediaType}"`, where);
    }
  }

  async choose(
    images: Descriptor[],
    index: string | null,
    at: { where: string; depth: number },
  ): Promise<OciImage> {
    const selector = (one: Descriptor): string | null => this.#source.selector?.(one) ?? null;
    const chosen = selectManifest(images, this.#wanted.platform, at.where, selector);
    if (at.depth > MAX_INDEX_DEPTH) throw imageInvalid('indexes are nested too deep', this.#source.path);
    return this.image(await this.#readManifest(chosen), index, at.depth);
  }

  setApart(beside: readonly Descriptor[]): void {
    this.#beside.push(...beside);
  }

  /** Sets apart what speaks about images, or is none, where its descriptor does not say so and there is something else. */
  async imagesAmong(all: readonly Descriptor[]): Promise<Descriptor[]> {
    const some = distinct(all);
    if (some.length < 2 || some.length > MAX_INDEXES) return some;
    const are = await Promise.all(some.map((one) => this.#isImage(one)));
    const images = some.filter((_, at) => are[at]);
    if (images.length === 0) return some;
    this.setApart(some.filter((_, at) => !are[at]));
    return images;
  }

  /** What cannot be read may be one. */
  async #isImage(descriptor: Descriptor): Promise<boolean> {
    if (descriptor.platform !== undefined || blobKind(descriptor.mediaType) === 'index') return true;
    try {
      const { json, mediaType } = await this.#source.readManifest(descriptor);
      const config = parseDescriptor(json.config, descriptor.digest);
      return (json.subject ?? null) === null && isImageConfig(config.mediaType, mediaType);
    } catch (error) {
      if (error instanceof TwinproofError) return true;
      throw error;
    }
  }

  /** An index beside others says nothing of its platform: its images stand for it. */
  async #flat(index: Document, where: string, depth: number): Promise<Descriptor[]> {
    const { images: all, beside } = entriesOf(index, where);
    this.setApart(beside);
    const images = await this.imagesAmong(all);
    if (images.length < 2) return images;
    const flat: Descriptor[] = [];
    for (const one of images) {
      if (blobKind(one.mediaType) !== 'index' || one.platform !== undefined) flat.push(one);
      else if (depth >= MAX_INDEX_DEPTH) throw imageInvalid('indexes are nested too deep', where);
      else {
        const inner = await this.#readManifest(one);
        flat.push(...(await this.#flat(inner, `${this.#source.path}: ${one.digest}`, depth + 1)));
      }
    }
    return flat;
  }

  async #readManifest(descriptor: Descriptor): Promise<Document> {
    if (++this.#read > MAX_INDEXES) throw imageInvalid(`more than ${MAX_INDEXES} indexes`, this.#source.path);
    return this.#source.readManifest(descriptor);
  }

  async #make(manifest: Document, index: string | null): Promise<OciImage> {
    const referrers = (await this.#source.referrers?.(manifest.digest)) ?? [];
    const attestations = await attestationsOf(manifest.digest, [...this.#beside, ...referrers], this.#source);
    return makeImage({ ...this.#wanted, index, manifest, attestations, source: this.#source });
  }
}

/**
 * The image that a manifest or index leads to; its index is the outermost one.
 * @param beside descriptors that may be attestations to it
 * @throws TwinproofError image-invalid, unsupported
 */
export function walkFrom(
  source: Source,
  document: Document,
  wanted: Wanted,
  beside: readonly Descriptor[] = [],
): Promise<OciImage> {
  const walk = new Walk(source, wanted);
  walk.setApart(beside);
  return walk.image(document, null);
}

/** The same from a list of candidates, which is an index of their own only when there are several. */
export async function walkAmong(
  source: Source,
  candidates: Entries & { index: string | null; where: string },
  wanted: Wanted,
): Promise<OciImage> {
  const { images, beside, index, where } = candidates;
  const walk = new Walk(source, wanted);
  walk.setApart(beside);
  const among = await walk.imagesAmong(images);
  return walk.choose(among, among.length > 1 ? index : null, { where, depth: 0 });
}
