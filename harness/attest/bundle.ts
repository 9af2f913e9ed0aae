import type { KeyObject } from 'node:crypto';
import type { Json } from '../oci/types.ts';
import type { Envelope } from './dsse.ts';
import { hintOf } from './keys.ts';

const FAMILY = 'application/vnd.dev.sigstore.bundle';

/** Of whatever version. */
export const isBundle = (value: Json): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  typeof value.mediaType === 'string' &&
  value.mediaType.startsWith(FAMILY);

/** A Sigstore bundle as cosign writes it where it signs with a key and asks neither a log nor a clock. */
export const bundleOf = (envelope: Envelope, key: KeyObject): object => ({
  mediaType: `${FAMILY}.v0.3+json`,
  verificationMaterial: { publicKey: { hint: hintOf(key) } },
  dsseEnvelope: envelope,
});
