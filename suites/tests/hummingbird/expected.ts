import type { Run } from '../../../harness/record/reader.ts';
import { type Expected, deviations } from '../selftest/faulty-expected.ts';
import type { Variant } from './table.ts';

/** Everything in which a run is not as these variants were made, one line each. */
export function deviationsFrom(variants: readonly Variant[], run: Run): string[] {
  const expected: Record<string, Expected> = Object.fromEntries(
    variants.map(({ subject, fault }) => [subject, fault]),
  );
  const keyOf = (subject: string): string => subject.split('@')[0] ?? '';
  return deviations(run, expected, { claims: ['reproducible', 'hermetic', 'locked'], keyOf });
}
