import { createHash, type Hash } from 'node:crypto';
import { imageInvalid, imageUnsupported } from './fault.ts';

const LENGTHS: Record<string, number> = { sha256: 64, sha512: 128 };

/** Registered algorithms of OCI image-spec "Digests". */
type Algorithm = 'sha256' | 'sha512';

/**
 * Takes `sha256:<hex>` apart; nothing in it can be a path.
 * @throws TwinproofError image-invalid, or unsupported for an algorithm this program does not know
 */
export function parseDigest(digest: string, where: string): { algorithm: Algorithm; hex: string } {
  const match = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]{1,200})$/.exec(digest);
  const [, algorithm, hex] = match ?? [];
  if (algorithm === undefined || hex === undefined) {
    throw imageInvalid(`"${digest.slice(0, 100)}" is not a digest`, where);
  }
  if (algorithm !== 'sha256' && algorithm !== 'sha512') {
    throw imageUnsupported(`digest algorithm "${algorithm}"`, where);
  }
  if (hex.length !== LENGTHS[algorithm] || !/^[0-9a-f]+$/.test(hex)) {
    throw imageInvalid(`"${digest.slice(0, 150)}" is not a ${algorithm} digest`, where);
  }
  return { algorithm, hex };
}

/** Computes digests of the kind that another digest has, so that the two can be compared. */
export class Digester {
  readonly #algorithm: Algorithm;
  readonly #hash: Hash;

  constructor(like: string, where: string) {
    this.#algorithm = parseDigest(like, where).algorithm;
    this.#hash = createHash(this.#algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): string {
    return `${this.#algorithm}:${this.#hash.digest('hex')}`;
  }
}
