import type { KeyObject } from 'node:crypto';
import { type Envelope, signEnvelope } from '../../attest/dsse.ts';
import { sha256Hex } from '../../model/digest.ts';
import { auditExitCode } from '../audit.ts';
import { AUDIT_POLICY, VSA } from '../../attest/predicates.ts';
import type { AuditResult } from '../result.ts';

/**
 * What an audit came to, yes or no, as a signed verification summary, one DSSE envelope. `PASSED` only where every claim
 * that was asked holds; the verdicts themselves stand in a field of our own.
 */
export function signAudit(result: AuditResult, key: KeyObject, time: Date): Envelope {
  const { image, claims, found, reference, harness } = result;
  const asked = claims.map(({ claim }) => claim);
  const digests = [...new Set([image.digest, ...image.platforms.map(({ digest }) => digest)])];
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: digests.map((digest, number) =>
      subjectOf(number === 0 ? reference : `${reference}#${number}`, digest),
    ),
    predicateType: VSA,
    predicate: {
      verifier: { id: 'https://twinproof.dev', version: { twinproof: harness } },
      timeVerified: time.toISOString(),
      resourceUri: reference,
      policy: { uri: AUDIT_POLICY, digest: { sha256: sha256Hex(JSON.stringify(asked)) } },
      inputAttestations: found
        .filter(({ used }) => used)
        .map(({ where, digest }) => ({ uri: where, ...digestOf(digest) })),
      verificationResult: auditExitCode(result) === 0 ? 'PASSED' : 'FAILED',
      verifiedLevels: claims
        .filter(({ verdict }) => verdict === 'pass')
        .map(({ claim }) => `${AUDIT_POLICY}/${claim}`),
      [AUDIT_POLICY]: { claims: claims.map(({ claim, verdict, summary }) => ({ claim, verdict, summary })) },
    },
  };
  return signEnvelope(statement, key);
}

const digestOf = (digest: string): { digest: Record<string, string> } => {
  const [algorithm = '', hex = ''] = digest.split(':');
  return { digest: { [algorithm]: hex } };
};

const subjectOf = (name: string, digest: string): object => ({ name, ...digestOf(digest) });
