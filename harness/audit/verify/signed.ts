import type { Envelope } from '../../attest/dsse.ts';
import type { Json } from '../../oci/types.ts';
import type { Status } from './status.ts';

/** What a bundle says that its signature is of; `algorithm` as Node calls it. */
export interface MessageDigest {
  algorithm: string;
  digest: Buffer;
}

/** Something signed, taken apart; nothing in it is verified yet. */
export interface Signed {
  /** What is signed. `manifest`: the bytes of the image's manifest themselves; of an envelope `bytes` are all of it. */
  content:
    | { kind: 'envelope'; envelope: Envelope; bytes: Buffer }
    | { kind: 'simple-signing'; payload: Buffer; signature: Buffer }
    | { kind: 'manifest'; signature: Buffer; digest: MessageDigest };
  /** What it says about its key; a hint that nothing is decided by. */
  names: string[];
  /** As a Sigstore bundle, where it has a certificate or a proof of a transparency log. */
  bundle: Json | null;
  hasCertificate: boolean;
  hasLog: boolean;
}

/** Why something goes no further. */
export interface Refusal {
  status: Status;
  message: string;
}

export type Taken = { signed: Signed } | { statement: Buffer } | Refusal;

export const refusal = (status: Status, message: string): Refusal => ({ status, message });
