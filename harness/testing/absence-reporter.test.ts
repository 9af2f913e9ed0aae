import type { TestModule } from 'vitest/node';
import { expect, test } from 'vitest';
import { absenceLine } from './absence-reporter.ts';
import { absenceNote } from './foreign-files.ts';

/** A file with tests that were skipped for these reasons. */
const skipped = (...notes: (string | undefined)[]): Pick<TestModule, 'children'> => ({
  children: {
    *allTests() {
      for (const note of notes) yield { result: () => ({ state: 'skipped', note }) };
    },
  } as unknown as TestModule['children'],
});

test('what was not there is named once; other reasons are not', () => {
  const modules = [
    skipped(absenceNote(['b/two', 'a/one']), 'rpm is not installed'),
    skipped(absenceNote(['a/one']), undefined),
  ];
  expect(absenceLine(modules)).toBe(
    '2 tests were skipped, for these are not in ../shared/data: a/one, b/two',
  );
  expect(absenceLine([skipped('rpm is not installed')])).toBe(null);
  expect(absenceLine([])).toBe(null);
});
