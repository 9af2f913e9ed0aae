import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CheckFixesResult } from '../../../harness/cli/check-fixes-result.ts';
import { schemaFaults } from '../../../harness/testing/schemas.ts';
import { build } from '../../tools/causes/build.ts';
import { type Row, readExpected, readRuns, rowsOf } from '../../tools/causes/score.ts';
import { CAUSES, FIXES } from '../../tools/causes/table.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

/** One of each way in which a cause is told: markers, fields of formats, words, orders, names of files. */
const SAMPLE = [
  'c-date',
  'c-path',
  'zip-time',
  'python-set',
  'pyc',
  'sqlite',
  'certificate',
  'initramfs',
  'process-id',
  'rpmdb',
];

const reported = ({ image, found, fixed, wrong }: Row): unknown => ({
  image,
  ids: found.map(({ id }) => id).sort(),
  fixed,
  wrong,
});

test('a sample of the catalog of causes gets exactly the expected ids, and its fixed twins none', async () => {
  await using folder = await temporaryFolder();
  const expected = new Map([...(await readExpected(ROOT))].filter(([image]) => SAMPLE.includes(image)));
  await build(expected, folder.path);
  const rows = await rowsOf(await readRuns(folder.path), expected);
  expect(rows.map(reported)).toEqual(
    [...expected].map(([image, { causes }]) => ({ image, ids: causes.toSorted(), fixed: 'pass', wrong: [] })),
  );
});

test('fixes are made in a copy of the recipe, and the rebuilt twins have one image ID', async () => {
  const recipe = join(ROOT, 'fixtures/causes/local-time/Containerfile');
  const before = await readFile(recipe, 'utf8');
  const selection = '{local-time,random-key}/default@*';
  const args = ['explain', selection, '--check-fixes', 'fixtures/causes.catalog.yaml', '--json'];
  const { exitCode, stdout } = await twinproof(args);
  const result = JSON.parse(stdout) as CheckFixesResult;
  expect(schemaFaults(result)).toBe(null);
  const [fixed, left] = ['local-time', 'random-key'].map((name) =>
    result.subjects.find(({ subject }) => subject.startsWith(name)),
  );
  expect(fixed).toMatchObject({ verdict: 'pass', left: [] });
  expect(fixed?.before.a).not.toBe(fixed?.before.b);
  expect(fixed?.after.a).toBe(fixed?.after.b);
  expect(left).toMatchObject({ verdict: 'fail', left: ['randomness'], made: [] });
  expect(exitCode).toBe(1);
  expect(await readFile(recipe, 'utf8')).toBe(before);
});

test('the page has both tables, and each was made of all images', async () => {
  const page = await readFile(join(ROOT, 'docs/accuracy.md'), 'utf8');
  for (const mark of [CAUSES, FIXES]) {
    const from = page.indexOf(mark);
    const table = page.slice(from, page.indexOf('<!-- end -->', from));
    for (const image of (await readExpected(ROOT)).keys())
      expect(table).toMatch(new RegExp(`\\| ${image} +\\|`));
  }
});
