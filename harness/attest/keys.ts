import { type KeyObject, createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TwinproofError } from '../errors.ts';

/** @throws TwinproofError `usage` for what is no private key of a kind that is used here */
export async function readPrivateKey(path: string): Promise<KeyObject> {
  const key = await readKey(path, createPrivateKey);
  if (key !== null && (key.asymmetricKeyType === 'ed25519' || curveOf(key) === 'prime256v1')) return key;
  throw notAKey(path, 'Ed25519 or ECDSA P-256, without password');
}

/** Below this an RSA key can be broken (NIST SP 800-131A). */
const LEAST_RSA_BITS = 2048;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Reads a public key; a private one has its public half.
 * @throws TwinproofError `usage` for what is no key of a kind that signatures are checked with here
 */
export async function readPublicKey(path: string): Promise<KeyObject> {
  const key = await readKey(path, createPublicKey);
  if (key !== null && isStrong(key)) return key;
  throw notAKey(path, 'Ed25519, ECDSA P-256, P-384 or P-521, or RSA of 2048 bits or more');
}

function isStrong(key: KeyObject): boolean {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return true;
    case 'ec':
      return CURVES.includes(curveOf(key) ?? '');
    case 'rsa':
      return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_RSA_BITS;
    default:
      return false;
  }
}

const curveOf = (key: KeyObject): string | undefined => key.asymmetricKeyDetails?.namedCurve;

async function readKey(path: string, read: (pem: Buffer) => KeyObject): Promise<KeyObject | null> {
  try {
    return read(await readFile(path));
  } catch {
    // The reason may quote the key.
    return null;
  }
}

const notAKey = (path: string, kinds: string): TwinproofError =>
  new TwinproofError('usage', `not a key that can be used: PEM, ${kinds}`, {
    where: path,
    hint: 'make one with: openssl genpkey -algorithm ed25519 -out key.pem',
  });

/** Ed25519 hashes by itself; ECDSA on P-256 goes with SHA-256. */
export const hashFor = (key: KeyObject): string | null =>
  key.asymmetricKeyType === 'ed25519' ? null : 'sha256';

const publicHalf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** RFC 4251, section 5. */
function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The public half as OpenSSH writes it (RFC 5656, section 3.1; RFC 8709, section 4). */
function sshBlob(key: KeyObject): Buffer {
  const { x = '', y = '' } = publicHalf(key).export({ format: 'jwk' });
  const [first, second] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const parts =
    key.asymmetricKeyType === 'ed25519'
      ? ['ssh-ed25519', first]
      : ['ecdsa-sha2-nistp256', 'nistp256', Buffer.concat([Buffer.of(4), first, second])];
  return Buffer.concat(parts.map(sshString));
}

/**
 * By what an envelope names the key: OpenSSH's fingerprint, as `ssh-keygen -l` prints it. Sigstore's and Tekton's tools
 * pass over a signature with any other name.
 */
export const fingerprintOf = (key: KeyObject): string =>
  `SHA256:${createHash('sha256').update(sshBlob(key)).digest('base64').replace(/=+$/, '')}`;

/** By what a Sigstore bundle names the key: the digest of its standard form (SPKI, DER). */
export const hintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(publicHalf(key).export({ type: 'spki', format: 'der' }))
    .digest('base64');
