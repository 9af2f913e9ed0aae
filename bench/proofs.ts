/** What the output of a program must say for it to have done the job; see `Contestant`. */
export type Proof = (output: string) => boolean;

/** How a pair differs. */
export interface Difference {
  /** Entries that differ, directories among them. */
  entries: number;
  /** Those of them that are no directories. */
  files: number;
}

const NAME = /usr\/lib\/package-\d+\/[\w-]+-\d+/g;

/** Every file that differs is named, and no other. */
export const names =
  ({ files }: Difference): Proof =>
  (output) =>
    new Set(output.match(NAME)).size === files;

/** As many as our report for people lists, unless it is asked for more. */
const LISTED = 10_000;

/** Our own report: as many entries as differ, or that there are more than it lists. */
export const counts =
  ({ entries }: Difference): Proof =>
  (output) =>
    entries <= LISTED
      ? output.includes(`\nEntries: ${entries} changed\n`)
      : output.includes(`\nEntries: ${LISTED} changed shown\n`) && output.includes('\nThere are more;');

/** Digests of both, which are the same or are not. */
export const digests =
  (same: boolean): Proof =>
  (output) => {
    const found = output.match(/\b[0-9a-f]{64}\b/g) ?? [];
    return found.length === 2 && (found[0] === found[1]) === same;
  };

export const equal: Proof = (output) => /^identical\b|^equal\b/m.test(output);
