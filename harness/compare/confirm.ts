import { createHash } from 'node:crypto';
// Not the whole library: its ciphers would make every start slower.
import CryptoJS from 'crypto-js/core.js';
import 'crypto-js/sha256.js';
import 'crypto-js/sha512.js';
import { TwinproofError } from '../errors.ts';
import { escapeText } from '../oci/escape.ts';

/** Bytes at a time: WordArrays take several times as much memory. */
const CHUNK = 1024 * 1024;

function hasher(algorithm: string) {
  return algorithm === 'sha512' ? CryptoJS.algo.SHA512.create() : CryptoJS.algo.SHA256.create();
}

function words(bytes: Uint8Array): CryptoJS.lib.WordArray {
  const copy = new Uint8Array(bytes);
  const padded = new Uint8Array(Math.ceil(copy.length / 4) * 4);
  padded.set(copy);
  const view = new DataView(padded.buffer);
  const list = Array.from({ length: padded.length / 4 }, (_, at) => view.getInt32(at * 4));
  return CryptoJS.lib.WordArray.create(list, copy.length);
}

function disagree(one: string, other: string, what: string): TwinproofError {
  return new TwinproofError('internal', `two hash libraries disagree: ${one} and ${other}`, {
    where: escapeText(what),
    hint: `Node ${process.version}, OpenSSL ${process.versions.openssl}: please report it`,
  });
}

/**
 * Recomputes a digest with a second, independent implementation (crypto-js), so that a verdict does not depend on one
 * hash library. 20 to 40 MB a second.
 * @throws TwinproofError internal when the two disagree
 */
export async function confirmDigest(
  digest: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  what: string,
): Promise<void> {
  const [algorithm = '', expected = ''] = digest.split(':');
  const hash = hasher(algorithm);
  for await (const piece of bytes) {
    for (let at = 0; at < piece.length; at += CHUNK) hash.update(words(piece.subarray(at, at + CHUNK)));
  }
  const actual = hash.finalize().toString(CryptoJS.enc.Hex);
  if (actual !== expected) throw disagree(`${algorithm}:${actual}`, digest, what);
}

/** Bytes of a large blob that are hashed twice. */
const START = 32 * 1024;

/**
 * Holds the two libraries against each other over the first bytes of a blob that is too large to be hashed slowly.
 * @param digest of the whole blob: only its algorithm counts
 * @throws TwinproofError internal when the two disagree
 */
export async function confirmStart(
  digest: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  what: string,
): Promise<void> {
  const [algorithm = ''] = digest.split(':');
  for await (const piece of bytes) {
    const start = piece.subarray(0, START);
    const one = hasher(algorithm).update(words(start)).finalize().toString(CryptoJS.enc.Hex);
    const other = createHash(algorithm).update(start).digest('hex');
    if (one !== other) throw disagree(one, other, `${what}, the first ${start.length} bytes`);
    return;
  }
}
