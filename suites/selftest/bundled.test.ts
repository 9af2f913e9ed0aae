import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCatalog } from '../../harness/catalog/load.ts';
import { type Run, readRun } from '../../harness/record/reader.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

const CATALOG = 'fixtures/bundled.catalog.yaml';

/** All but the operating systems, which boot.test.ts and suites/thorough are about. */
async function containers(): Promise<string[]> {
  const { subjects } = await loadCatalog(join(ROOT, CATALOG));
  return subjects.filter(({ claims }) => claims.runs?.made === true).map(({ id }) => id);
}

async function verify(subjects: string[], results: string, ...args: string[]) {
  const selected = subjects.flatMap((id) => ['--image', id]);
  const { exitCode, stdout, stderr } = await twinproof([
    'verify',
    CATALOG,
    '--results',
    results,
    '--json',
    ...selected,
    ...args,
  ]);
  const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  const { cells } = JSON.parse(stdout) as { cells: Cell[] };
  return { exitCode, run, cells };
}

/** What the summary of a run says of one claim on one subject. */
interface Cell {
  subject: string;
  keyDigest: string;
}

const withoutKey = (cell: Cell): object => ({ ...cell, keyDigest: '' });

const configs = (run: Run): [string, string | null | undefined][] =>
  [...run.twins.values()]
    .map(({ subject, builds }): [string, string | null | undefined] => [subject, builds[0]?.config])
    .sort(([a], [b]) => (a < b ? -1 : 1));

test('each container of the bundled catalog passes everywhere, and some of them twice: the same images, the same summary', async () => {
  await using folder = await temporaryFolder();
  const all = await containers();
  const first = await verify(all, folder.path);
  const notPassed = [...first.run.cells.values()].filter(({ verdict }) => verdict !== 'pass');
  expect(notPassed.map(({ subject, claim, summary }) => `${subject} ${claim}: ${summary}`)).toEqual([]);
  expect(first.exitCode).toBe(0);
  const subjects = new Set(first.run.header.cells.map(({ subject }) => subject));
  expect(subjects.size).toBeGreaterThanOrEqual(12);
  expect(new Set([...subjects].map((subject) => subject.split('/')[0])).size).toBeGreaterThanOrEqual(9);
  expect(first.run.cells.size).toBeGreaterThanOrEqual(12 * 3);

  // In other environments: what was varied between the twins of the first run is the same for both here. Not all of them
  // again, for that takes as long as the first time: some, with debs and with RPMs, to run things and to build them.
  const some = all.filter((_, index) => index % 4 === 0);
  const second = await verify(some, folder.path, '--vary', 'none');
  expect(configs(second.run)).toEqual(configs(first.run).filter(([subject]) => some.includes(subject)));
  const before = first.cells.filter(({ subject }) => some.includes(subject));
  expect(second.cells.map(withoutKey)).toEqual(before.map(withoutKey));
  // What was built in other environments has another key, so that the results cannot be taken for one another.
  for (const [index, { keyDigest }] of second.cells.entries())
    expect(keyDigest).not.toBe(before[index]?.keyDigest);
});
