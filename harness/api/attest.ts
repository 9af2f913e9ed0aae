/// <reference types="node" preserve="true" />
/**
 * `import … from 'twinproof/attest'`: signed statements of what a run found (docs/attestations.md).
 *
 * @module twinproof/attest
 */
import { type Attestations, type Verified, attestRunInBoth, verifyAttestations } from '../attest/attest.ts';
import { readPrivateKey, readPublicKey } from '../attest/keys.ts';
import type { Statement } from '../attest/statements.ts';

export { readPrivateKey, readPublicKey, verifyAttestations };
export type { Attestations, Statement, Verified };

/**
 * Signs what a run found, failures too: in-toto statements in DSSE envelopes.
 * @param run folder of the run
 * @param key of `readPrivateKey`: Ed25519, or ECDSA P-256
 * @throws TwinproofError `record-invalid` for a run that has nothing to attest
 */
export const attestRun = attestRunInBoth;
export type { Resource } from '../attest/statements.ts';
