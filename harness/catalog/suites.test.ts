import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorLine } from '../errors.ts';
import { type LoadOptions, loadCatalog } from './load.ts';
import { TEST_CLAIMS } from '../testing/catalog/claims.ts';
import type { Catalog } from './types.ts';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'catalog-suites-')));
  await mkdir(join(root, 'builder'));
  await writeFile(join(root, 'Containerfile'), 'FROM scratch\n');
  await writeFile(join(root, 'own.suite.ts'), '');
  await symlink('/etc', join(root, 'outside'));
});
afterAll(() => rm(root, { recursive: true }));

async function load(suites: string, options: Partial<LoadOptions> = {}): Promise<Catalog> {
  const file = join(root, 'catalog.yaml');
  await writeFile(
    file,
    `version: 1\nname: t\nbuilder: { definition: builder }\ndefaults: { sourceDateEpoch: 5 }\n${suites}subjects:\n` +
      '  - { image: a, recipe: { containerfile: Containerfile }, claims: { own: true, reproducible: true } }\n',
  );
  return loadCatalog(file, { claims: TEST_CLAIMS, ...options });
}

test('claims that only a suite checks are taken where one is named, or nobody knows yet', async () => {
  const { suites, subjects } = await load('suites: [own.suite.ts]\n');
  expect(suites).toEqual([join(root, 'own.suite.ts')]);
  expect(subjects[0]?.claims).toEqual({ own: { made: true }, reproducible: { made: true } });
  expect(await load('', { otherClaims: true })).not.toHaveProperty('suites');
  await expect(load('')).rejects.toThrow('nothing checks a claim "own"');
  await expect(load('suites: [own.suite.ts]\n', { otherClaims: false })).rejects.toThrow('"own"');
});

test.each([
  ['outside/passwd', "leads out of the catalog's folder"],
  ['nowhere.ts', 'does not exist'],
  ['builder', 'is no file'],
])('the suite %s is refused with its place', async (path, message) => {
  const refused = await load(`suites: [own.suite.ts, ${path}]\n`).catch(errorLine);
  expect(refused).toContain(message);
  expect(refused).toMatch(/catalog\.yaml:5:24: catalog-invalid/);
});
