import type { CellKey, CellResult } from '../record/events.ts';
import { copyEvidence } from '../record/evidence.ts';
import { evidenceOfTwins } from '../record/evidence-of-twins.ts';
import { keyDigest } from '../record/key.ts';
import type { Message } from './messages.ts';
import type { RunInput } from './types.ts';

/**
 * Cells of a subject that the resumed run decided for exactly the same source, lock, builder and settings. Their
 * evidence comes along.
 * @param keyOf null for a claim that is not known here
 * @throws TwinproofError record-invalid for evidence that is missing or has other bytes, storage
 */
export async function takeOver(
  { previous, runFolder }: Pick<RunInput, 'previous' | 'runFolder'>,
  subject: string,
  keyOf: (claim: string) => CellKey | null,
  send: (message: Message) => void,
): Promise<Map<string, CellResult>> {
  const isSame = (cell: CellResult): boolean => {
    const key = cell.subject === subject ? keyOf(cell.claim) : null;
    return key !== null && cell.keyDigest === keyDigest(key);
  };
  const cells = previous?.cells.filter(isSame) ?? [];
  if (previous === null || cells.length === 0) return new Map();
  const twins = previous.twins.find((record) => record.subject === subject);
  const evidence = [...cells.flatMap((cell) => cell.evidence), ...evidenceOfTwins(twins)];
  await copyEvidence([previous.folder], runFolder, evidence);
  if (twins !== undefined) send(twins);
  return new Map(cells.map((cell) => [cell.claim, cell]));
}
