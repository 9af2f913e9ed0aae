import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../engine/storage.ts';
import type { CellKey, CellResult } from '../record/events.ts';
import { evidenceOfTwins } from '../record/evidence-of-twins.ts';
import { keyDigest } from '../record/key.ts';
import type { Session } from './session.ts';
import type { Message } from './messages.ts';

/**
 * Cells of a subject that the resumed run decided for exactly the same source, lock, builder and settings. Their
 * evidence comes along.
 * @param keyOf null for a claim that is not known here
 */
export async function takeOver(
  session: Session,
  subject: string,
  keyOf: (claim: string) => CellKey | null,
  send: (message: Message) => void,
): Promise<Map<string, CellResult>> {
  const { previous, runFolder } = session.input;
  const isSame = (cell: CellResult): boolean => {
    const key = cell.subject === subject ? keyOf(cell.claim) : null;
    return key !== null && cell.keyDigest === keyDigest(key);
  };
  const cells = previous?.cells.filter(isSame) ?? [];
  if (previous === null || cells.length === 0) return new Map();
  const twins = previous.twins.find((record) => record.subject === subject);
  const evidence = [...cells.flatMap((cell) => cell.evidence), ...evidenceOfTwins(twins)];
  const to = join(runFolder, 'evidence', 'sha256');
  await mkdir(to, { recursive: true });
  for (const { digest } of evidence) {
    const hex = digest.replace('sha256:', '');
    await copyFile(join(previous.folder, 'evidence', 'sha256', hex), join(to, hex)).catch(
      (cause: unknown) => {
        throw storageError(`could not take over evidence ${digest}`, cause);
      },
    );
  }
  if (twins !== undefined) send(twins);
  return new Map(cells.map((cell) => [cell.claim, cell]));
}
