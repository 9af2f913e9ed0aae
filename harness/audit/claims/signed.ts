import { coverage } from '../choose.ts';
import type { Evidence, Exhibit } from '../evidence.ts';
import type { Status } from '../verify/status.ts';
import { type AuditCase, type AuditClaim, type AuditFinding, finding } from './types.ts';

/** Statuses of what nobody tried to sign, and of what was not tried to verify. */
const UNTRIED: readonly Status[] = ['unsigned', 'not-read', 'not-verified'];

export const signed = {
  id: 'signed',
  passes:
    'every image, or an index that contains it, has a signature or provenance of the key, or of the identity and issuer, that was given',
  check,
} satisfies AuditClaim;

function check({ evidence, platforms }: Pick<AuditCase, 'evidence' | 'platforms'>): AuditFinding {
  const none = nothingVerified(evidence, 'signature');
  if (none !== null) return none;
  const proofs = evidence.exhibits.filter(isProof);
  const open = platforms.filter(({ image }) => !proofs.some((one) => coverage(one, image) !== null));
  const details = proofs.map(
    ({ found, signer, message }) => `${found.id}: ${message}, ${signer?.detail ?? ''}`,
  );
  if (open.length === 0)
    return finding(
      'pass',
      `by ${[...new Set(proofs.map(({ signer }) => signer?.detail ?? ''))].join('; ')}`,
      details,
    );
  const names = open.map(({ image }) => image.platform).join(', ');
  return finding('fail', `there is no signature of ${names}`, details);
}

/** Statements of other kinds are signed too, and may say of an image that it is bad. */
const isProof = ({ status, role }: Exhibit): boolean =>
  status === 'verified' && (role === 'signature' || role === 'provenance');

/** What is said where nothing counts: nothing there, nothing given to verify with, or all of it refused. */
export function nothingVerified(
  { exhibits, unreadable, trust }: Evidence,
  what: 'signature' | 'provenance',
): AuditFinding | null {
  if (
    exhibits.some((one) =>
      what === 'provenance' ? one.status === 'verified' && one.role === 'provenance' : isProof(one),
    )
  )
    return null;
  const refused = exhibits.filter(({ status }) => !UNTRIED.includes(status) && status !== 'verified');
  const details = exhibits.map(({ found, status, message }) => `${found.id}: ${status}: ${message}`);
  if (trust.key === null && trust.root === null)
    return finding(
      'unverified',
      'neither a key nor a trusted root was given to verify with',
      details,
      '--key FILE, or --trusted-root FILE with --certificate-identity and --certificate-oidc-issuer',
    );
  const [first] = refused;
  if (first !== undefined)
    return finding('fail', `no ${what} verifies: ${first.status}: ${first.message}`, details);
  if (unreadable.length > 0)
    return finding('fail', `no ${what} verifies: ${unreadable[0]?.reason ?? ''}`, details);
  const there =
    exhibits.find(({ status }) => status === 'not-verified') ??
    exhibits.find(({ status }) => status === 'unsigned');
  return finding(
    'unverified',
    there === undefined ? `no ${what} was found` : `no ${what} verifies: ${there.message}`,
    details,
    `a ${what} of the key or identity that was given`,
  );
}
