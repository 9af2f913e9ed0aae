import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { TransferFault } from '../../net/transfer-fault.ts';
import { missingBlob } from '../blob.ts';
import { parseDigest } from '../digest.ts';
import { imageInvalid } from '../fault.ts';
import type { Source } from '../image.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { ScratchFolder } from '../scratch.ts';
import { entriesOf, walkFrom, type Wanted } from '../transport/walk.ts';
import type { BlobPlace, Descriptor, OciImage } from '../types.ts';
import { downloadBlob } from './download.ts';
import { fetchManifest, fetchReferrers } from './manifest.ts';
import type { RegistryName } from './name.ts';
import { RegistrySession } from './session.ts';
import type { RegistryOptions } from './types.ts';

/** Blobs of one image, downloaded when they are first asked for and kept until it is closed: layers are read twice. */
class Blobs {
  readonly #session: RegistrySession;
  readonly #reference: string;
  readonly #places = new Map<string, Promise<BlobPlace>>();
  #scratch: Promise<ScratchFolder> | null = null;

  constructor(session: RegistrySession, reference: string) {
    this.#session = session;
    this.#reference = reference;
  }

  locate(descriptor: Descriptor): Promise<BlobPlace> {
    const known = this.#places.get(descriptor.digest);
    if (known !== undefined) return known;
    const place = this.#download(descriptor);
    this.#places.set(descriptor.digest, place);
    return place;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#places.values());
    const scratch = await this.#scratch?.catch(() => null);
    await scratch?.close();
  }

  async #download(descriptor: Descriptor): Promise<BlobPlace> {
    const { digest, size } = descriptor;
    const where = `${this.#reference}: blob ${digest}`;
    const { algorithm, hex } = parseDigest(digest, where);
    if (size > DEFAULT_LIMITS.layerBytes) throw imageInvalid(`a blob of ${size} bytes`, where);
    this.#scratch ??= ScratchFolder.make('registry');
    const scratch = await this.#scratch;
    await scratch.reserve(size, where);
    const path = join(scratch.path, `${algorithm}-${hex}`);
    try {
      await downloadBlob(this.#session, descriptor, path, where);
    } catch (error) {
      throw isGone(error) && (descriptor.urls ?? []).length > 0
        ? missingBlob(descriptor, this.#reference)
        : error;
    }
    return { path, offset: 0, size };
  }
}

function isGone(error: unknown): boolean {
  return (
    error instanceof TwinproofError && error.cause instanceof TransferFault && error.cause.kind === 'gone'
  );
}

/**
 * Opens an image in a registry (OCI distribution spec). Its blobs go through a scratch folder.
 * @throws TwinproofError usage, input-unavailable, image-invalid, unsupported, storage
 */
export async function openRegistry(
  name: RegistryName,
  wanted: Wanted,
  options: RegistryOptions = {},
): Promise<OciImage> {
  const { reference } = wanted;
  const session = new RegistrySession(reference, name, options);
  const blobs = new Blobs(session, reference);
  const close = async (): Promise<void> => {
    await blobs.close();
    await session.close();
  };
  const source: Source = {
    path: reference,
    locate: (descriptor) => blobs.locate(descriptor),
    readManifest: (descriptor) =>
      fetchManifest(session, reference, descriptor).catch((error: unknown) => {
        throw isGone(error) ? missingBlob(descriptor, reference) : error;
      }),
    selector: ({ digest }) => `@${digest}`,
    referrers: async (digest) => {
      const list = await fetchReferrers(session, reference, digest);
      if (list === null) return [];
      const { images, beside } = entriesOf(list, `${reference}: referrers of ${digest}`);
      return [...images, ...beside];
    },
    close,
  };
  try {
    return await walkFrom(source, await fetchManifest(session, reference), wanted);
  } catch (error) {
    await close();
    throw error;
  }
}
