import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toTrustMaterial } from '@sigstore/verify';
import { readExactJson } from '../../attest/exact-json.ts';
import { fingerprintOf, hintOf, readPublicKey } from '../../attest/keys.ts';
import { TwinproofError } from '../../errors.ts';
import type { Json } from '../../oci/types.ts';

/** What somebody must be called. */
export interface Expected {
  /** As it was given, for people. */
  said: string;
  fits(text: string): boolean;
}

/** What an audit trusts, given by the user; nothing else is trusted. */
export interface Trust {
  key: { object: KeyObject; names: ReadonlySet<string> } | null;
  root: TrustedRoot | null;
  identity: Expected | null;
  issuer: Expected | null;
}

/** Named as cosign names them. */
export interface TrustOptions {
  key?: string | undefined;
  trustedRoot?: string | undefined;
  certificateIdentity?: string | undefined;
  certificateIdentityRegexp?: string | undefined;
  certificateOidcIssuer?: string | undefined;
  certificateOidcIssuerRegexp?: string | undefined;
}

/** @throws TwinproofError usage */
export async function readTrust(options: TrustOptions): Promise<Trust> {
  const identity = expected('identity', options.certificateIdentity, options.certificateIdentityRegexp);
  const issuer = expected('oidc-issuer', options.certificateOidcIssuer, options.certificateOidcIssuerRegexp);
  if (options.key !== undefined && (identity ?? issuer) !== null)
    throw new TwinproofError('usage', '--key and --certificate-… are two ways to verify; give one', {
      hint: 'a key has no identity: leave --certificate-identity and --certificate-oidc-issuer away',
    });
  if ((identity ?? issuer) !== null && options.trustedRoot === undefined)
    throw new TwinproofError('usage', 'certificates are verified against a trusted root, and none is given', {
      hint: '--trusted-root trusted_root.json',
    });
  return {
    key: options.key === undefined ? null : await readNamedKey(options.key),
    root: options.trustedRoot === undefined ? null : await readRoot(options.trustedRoot),
    identity,
    issuer,
  };
}

async function readNamedKey(file: string): Promise<Trust['key']> {
  const object = await readPublicKey(file);
  const isSsh = object.asymmetricKeyType !== 'rsa' && object.asymmetricKeyDetails?.namedCurve !== 'secp384r1';
  const hint = hintOf(object);
  const names = [hint, hint.replace(/=+$/, ''), `SHA256:${hint.replace(/=+$/, '')}`, `SHA256:${hint}`];
  return { object, names: new Set(isSsh ? [...names, fingerprintOf(object)] : names) };
}

function expected(name: string, exact: string | undefined, pattern: string | undefined): Expected | null {
  const option = `--certificate-${name}`;
  if (exact !== undefined && pattern !== undefined)
    throw new TwinproofError('usage', `${option} and ${option}-regexp exclude each other`);
  // An empty text would be no condition at all.
  if (exact === '' || pattern === '') throw new TwinproofError('usage', `${option} is empty`);
  if (exact !== undefined) return { said: exact, fits: (text) => text === exact };
  if (pattern === undefined) return null;
  const compiled = regularExpression(pattern, option);
  return { said: `/${pattern}/`, fits: (text) => compiled.test(text) };
}

function regularExpression(pattern: string, option: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (cause) {
    throw new TwinproofError('usage', `${option}-regexp is no regular expression`, { cause });
  }
}

/** @throws TwinproofError usage */
async function readRoot(file: string): Promise<TrustedRoot> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new TwinproofError('usage', 'could not read it', { where: file, cause });
  });
  const read = readExactJson(bytes);
  try {
    if ('value' in read && isRoot(read.value)) {
      const root = TrustedRoot.fromJSON(read.value);
      // Reads every key and certificate in it.
      toTrustMaterial(root);
      if (hasBeginnings(root)) return root;
    }
  } catch {
    // Told below.
  }
  throw new TwinproofError('usage', 'not a Sigstore trusted root', {
    where: file,
    hint: 'trusted_root.json of the Sigstore instance, as cosign --trusted-root takes it',
  });
}

const isRoot = (value: Json): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  typeof value.mediaType === 'string' &&
  value.mediaType.startsWith('application/vnd.dev.sigstore.trustedroot');

/** Without a beginning, which must be there, something would be trusted for ever. */
const hasBeginnings = ({
  tlogs,
  ctlogs,
  certificateAuthorities,
  timestampAuthorities,
}: TrustedRoot): boolean =>
  [...tlogs, ...ctlogs].every(({ publicKey }) => publicKey?.validFor?.start !== undefined) &&
  [...certificateAuthorities, ...timestampAuthorities].every(({ validFor }) => validFor?.start !== undefined);
