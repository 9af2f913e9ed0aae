import { findInFile } from './find/files.ts';
import { findBeside } from './find/find.ts';
import { type AuditedImage, documentsOf } from './find/subject.ts';
import type { FoundStatement, Unreadable } from './find/types.ts';
import { type Judged, claimedBy, judge } from './verify/verify.ts';
import type { Trust } from './verify/trust.ts';
import type { Statement } from '../attest/statements.ts';
import { TwinproofError } from '../errors.ts';
import { escapeText } from '../oci/escape.ts';
import type { Repository } from '../oci/repository/types.ts';

/** One thing that was found and what became of it. What it states is read again where it is used: there may be many. */
export interface Exhibit extends Omit<Judged, 'statement'> {
  found: FoundStatement;
}

export interface Evidence {
  image: AuditedImage;
  exhibits: Exhibit[];
  unreadable: Unreadable[];
  trust: Trust;
}

/** Things whose certificates are looked into for a hint. */
const LOOKED_AT = 20;

/** Finds everything that may speak about an image, and verifies each by itself. */
export async function gather(
  repository: Repository,
  image: AuditedImage,
  files: readonly string[],
  trust: Trust,
): Promise<Evidence> {
  const { found, unreadable } = await findBeside(repository, image);
  const given = [];
  for (const file of files) given.push(...(await findInFile(file)));
  await refuseWithoutIdentity([...found, ...given], trust);
  const documents = documentsOf(image);
  const exhibits: Exhibit[] = [];
  for (const [number, one] of [...found, ...given].entries()) {
    const numbered = { ...one, id: `a${number + 1}` };
    const judged = await judge(numbered, documents, trust);
    exhibits.push({ found: numbered, ...withoutStatement(judged) });
  }
  return { image, exhibits, unreadable, trust };
}

/** What an exhibit states; null where it states nothing about this image. */
export async function statementOf({ image, trust }: Evidence, { found }: Exhibit): Promise<Statement | null> {
  return (await judge(found, documentsOf(image), trust)).statement;
}

function withoutStatement(judged: Judged): Omit<Judged, 'statement'> {
  const { status, message, role, predicateType, subjects, signer, builtAt } = judged;
  return { status, message, role, predicateType, subjects, signer, builtAt };
}

/** Without a name to expect, a certificate of anybody would do. @throws TwinproofError usage, with what the certificates say */
async function refuseWithoutIdentity(
  all: readonly Omit<FoundStatement, 'id'>[],
  trust: Trust,
): Promise<void> {
  const { key, root, identity, issuer } = trust;
  if (key !== null || root === null || (identity !== null && issuer !== null)) return;
  const claimed: string[] = [];
  for (const one of all.slice(0, LOOKED_AT)) {
    const is = await claimedBy(one);
    if (is !== null) claimed.push(`identity ${is.identity}, issuer ${is.issuer}`);
  }
  const [first] = claimed;
  const said =
    first === undefined
      ? 'nothing found has a certificate'
      : `a certificate found here, not verified, says: ${first}`;
  const lacking = identity === null ? '--certificate-identity' : '--certificate-oidc-issuer';
  throw new TwinproofError('usage', `a trusted root alone trusts everybody: ${lacking} is missing`, {
    hint: escapeText(said).slice(0, 600),
  });
}
