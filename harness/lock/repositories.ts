import { placeOf } from './duplicates.ts';
import type { LockedFile } from './types.ts';

/** Where files lie that belong to no repository; Hermeto makes a name up for them, too. */
const UNAFFILIATED = 'unaffiliated';

/**
 * Gives entries without a repository one. Files are laid out by `<repoid>/<file>`: of two with one name the second
 * gets another repository, so that neither takes the place of the other.
 */
export function nameRepositories(files: LockedFile[]): void {
  const taken = new Set(files.map(placeOf));
  for (const file of files) {
    if (file.repoid !== '') continue;
    for (let number = 1; file.repoid === '' || taken.has(placeOf(file)); number += 1) {
      file.repoid = number === 1 ? UNAFFILIATED : `${UNAFFILIATED}-${number}`;
    }
    taken.add(placeOf(file));
  }
}
