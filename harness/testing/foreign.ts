import { test } from 'vitest';
import { absenceNote, foreignFile } from './foreign-files.ts';

/**
 * A test of what files of other projects show besides; what it is about is shown by a fixture of our own in a test that
 * always runs. The closing line of the run names the files that were not there.
 * @param names below `../shared/data`; the test gets their paths
 */
export function testForeign<const Names extends readonly string[]>(
  title: string,
  names: Names,
  body: (...paths: { [index in keyof Names]: string }) => unknown,
): void {
  test(title, async ({ skip }) => {
    const missing = names.filter((name) => foreignFile(name) === null);
    if (missing.length > 0) skip(absenceNote(missing));
    await body(...(names.map((name) => foreignFile(name) ?? '') as { [index in keyof Names]: string }));
  });
}
