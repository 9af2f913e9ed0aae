import { findInFile } from './find/files.ts';
import { findBeside } from './find/find.ts';
import { type AuditedImage, documentsOf } from './find/subject.ts';
import type { Found, Unreadable } from './find/types.ts';
import { type Judged, judge } from './verify/verify.ts';
import type { Trust } from './verify/trust.ts';
import type { Statement } from '../attest/statements.ts';
import type { Repository } from '../oci/repository/types.ts';

/** One thing that was found and what became of it. What it states is read again where it is used: there may be many. */
export interface Exhibit extends Omit<Judged, 'statement'> {
  found: Found;
}

export interface Evidence {
  image: AuditedImage;
  exhibits: Exhibit[];
  unreadable: Unreadable[];
  trust: Trust;
}

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
