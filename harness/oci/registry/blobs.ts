import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { TransferFault } from '../../net/transfer-fault.ts';
import { missingBlob } from '../blob.ts';
import { parseDigest } from '../digest.ts';
import { imageInvalid } from '../fault.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { ScratchFolder } from '../scratch.ts';
import type { BlobPlace, Descriptor } from '../types.ts';
import { downloadBlob } from './download.ts';
import type { RegistrySession } from './session.ts';

/** Blobs of one image, downloaded when they are first asked for and kept until it is closed: layers are read twice. */
export class Blobs {
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

/** Whether the server said that there is no such thing. */
export function isGone(error: unknown): boolean {
  return (
    error instanceof TwinproofError && error.cause instanceof TransferFault && error.cause.kind === 'gone'
  );
}
