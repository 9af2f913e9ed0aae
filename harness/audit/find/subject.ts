import { parseDescriptor } from '../../oci/descriptor.ts';
import { IncompleteImage, imageInvalid } from '../../oci/fault.ts';
import { asArray, asObject, parseJson } from '../../oci/json.ts';
import { MAX_INDEXES, MAX_INDEX_DEPTH } from '../../oci/limits.ts';
import { blobKind, isImageConfig } from '../../oci/media-types.ts';
import type { Repository } from '../../oci/repository/types.ts';
import type { Descriptor, Document, JsonObject } from '../../oci/types.ts';
import { type Platform, matchesPlatform, platformText } from '../../model/platform.ts';

/** One image of one platform. */
export interface PlatformImage {
  /** `linux/amd64`; `artifact` for what is no image. */
  platform: string;
  manifest: Document;
  /** Indexes that lead to it, the outermost first; empty where the manifest stands alone. */
  through: Document[];
  /** Digest of the configuration: the image ID. */
  config: string;
  labels: Readonly<Record<string, string>>;
  /** What each entry of its history was created by, the first one first. */
  history: readonly string[];
}

/** What is audited. */
export interface AuditedImage {
  reference: string;
  /** What the reference leads to. */
  top: Document;
  platforms: PlatformImage[];
  /** BuildKit's manifests beside the images, by the index that lists them. */
  beside: { index: Document; descriptor: Descriptor }[];
}

/** All manifests and indexes that are part of it; a statement about one of these is a statement about the image. */
export function documentsOf({ top, platforms }: AuditedImage): Document[] {
  const all = [top, ...platforms.flatMap(({ manifest, through }) => [...through, manifest])];
  return [...new Map(all.map((one) => [one.digest, one])).values()];
}

/**
 * Follows an index to every image in it. Only what no engine would run is set apart: an entry with a platform of its own
 * counts as an image, whatever else its descriptor says.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function readSubject(repository: Repository, wanted?: Platform): Promise<AuditedImage> {
  const walk = new Walk(repository);
  await walk.visit(repository.top, []);
  const { platforms: all, beside } = walk;
  if (all.length === 0) throw imageInvalid('holds no image', repository.reference);
  const platforms =
    wanted === undefined
      ? all
      : all.filter((one) => {
          const [os = '', architecture = '', variant] = one.platform.split('/');
          return matchesPlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) }, wanted);
        });
  if (platforms.length === 0) {
    const there = all.map(({ platform }) => platform).join(', ');
    throw imageInvalid(
      `has no image for ${platformText(wanted ?? { os: '', architecture: '' })}, only ${there}`,
      repository.reference,
    );
  }
  return { reference: repository.reference, top: repository.top, platforms, beside };
}

class Walk {
  readonly platforms: PlatformImage[] = [];
  readonly beside: AuditedImage['beside'] = [];
  readonly #repository: Repository;
  #read = 0;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  async visit(document: Document, through: Document[], platform?: Platform): Promise<void> {
    const at = `${this.#repository.reference}: ${document.digest}`;
    if (isIndex(document)) {
      if (through.length >= MAX_INDEX_DEPTH) throw imageInvalid('indexes are nested too deep', at);
      await this.#entries(document, [...through, document], at);
    } else this.platforms.push(await this.#image(document, through, platform));
  }

  async #entries(index: Document, through: Document[], at: string): Promise<void> {
    const entries = asArray(index.json.manifests, `${at}/manifests`);
    for (const [number, value] of entries.entries()) {
      const descriptor = parseDescriptor(value, `${at}/manifests/${number}`);
      if (await this.#isSetApart(descriptor)) this.beside.push({ index, descriptor });
      else await this.visit(await this.#manifest(descriptor), through, descriptor.platform);
    }
  }

  /**
   * BuildKit's attestations, and artifacts that say no platform. Engines look into the config of what says none: whatever
   * else stands in the descriptor, what has the config of an image is one.
   */
  async #isSetApart({ platform, artifactType, annotations, ...rest }: Descriptor): Promise<boolean> {
    if (platform !== undefined) return platform.os === 'unknown' && platform.architecture === 'unknown';
    const isNamed =
      artifactType !== undefined || annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
    if (!isNamed) return false;
    const manifest = await this.#manifest(rest).catch((error: unknown) => {
      // What is not there, or damaged, no engine runs either.
      if (error instanceof IncompleteImage) return null;
      throw error;
    });
    if (manifest === null) return true;
    const { config } = manifest.json;
    if (isIndex(manifest)) return false;
    const type =
      typeof config === 'object' && config !== null && !Array.isArray(config) ? config.mediaType : '';
    return !isImageConfig(typeof type === 'string' ? type : '', manifest.mediaType);
  }

  #manifest(descriptor: Descriptor): Promise<Document> {
    if (++this.#read > MAX_INDEXES)
      throw imageInvalid(`more than ${MAX_INDEXES} images and indexes`, this.#repository.reference);
    return this.#repository.readManifest(descriptor);
  }

  async #image(manifest: Document, through: Document[], platform?: Platform): Promise<PlatformImage> {
    const at = `${this.#repository.reference}: manifest ${manifest.digest}`;
    const config = parseDescriptor(manifest.json.config, `${at}/config`);
    if (!isImageConfig(config.mediaType, manifest.mediaType))
      return { platform: 'artifact', manifest, through, config: config.digest, labels: {}, history: [] };
    const json = asObject(
      parseJson(await this.#repository.readBlob(config), `${at}: config`),
      `${at}: config`,
    );
    const own = platform ?? platformOf(json);
    return {
      platform: platformText(own),
      manifest,
      through,
      config: config.digest,
      labels: labelsOf(json, `${at}: config`),
      history: historyOf(json),
    };
  }
}

const isIndex = ({ mediaType, json }: Document): boolean =>
  mediaType === '' ? json.manifests !== undefined : blobKind(mediaType) === 'index';

function platformOf({ os, architecture, variant }: JsonObject): Platform {
  const text = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : 'unknown');
  return {
    os: text(os),
    architecture: text(architecture),
    ...(typeof variant === 'string' && variant !== '' ? { variant } : {}),
  };
}

function labelsOf(json: JsonObject, at: string): Record<string, string> {
  const labels = asObject(asObject(json.config ?? {}, `${at}/config`).Labels ?? {}, `${at}/config/Labels`);
  return Object.fromEntries(
    Object.entries(labels).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** Nothing is decided by it: what is no history is none. */
function historyOf({ history }: JsonObject): string[] {
  if (!Array.isArray(history)) return [];
  return history.map((entry) => {
    const by = typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry.created_by : '';
    return typeof by === 'string' ? by : '';
  });
}
