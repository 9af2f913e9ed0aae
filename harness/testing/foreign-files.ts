import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../shared/data');

/** Path of a file of other projects, which lies beside this one and is no part of it; null where it does not. */
export function foreignFile(name: string): string | null {
  const path = join(FOLDER, name);
  return existsSync(path) ? path : null;
}

const PREFIX = 'not here: ../shared/data/';

/** Why a test is skipped that shows something of foreign files. */
export const absenceNote = (names: readonly string[]): string => `${PREFIX}${names.join(', ')}`;

/** The files in such a reason; empty for any other. */
export const absentIn = (note: string | undefined): string[] =>
  note?.startsWith(PREFIX) === true ? note.slice(PREFIX.length).split(', ') : [];
