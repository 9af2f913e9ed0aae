import { generateKeyPairSync } from 'node:crypto';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { attestRun, verifyAttestations } from '../../../harness/attest/attest.ts';
import { readRun } from '../../../harness/record/reader.ts';
import { deviations, readExpected } from './faulty-expected.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

const CATALOG = 'fixtures/faulty.catalog.yaml';

test('every faulty image gets exactly the verdict, paths and fields it was made for, and the controls pass', async () => {
  await using folder = await temporaryFolder();
  const { exitCode, stderr } = await twinproof(['verify', CATALOG, '--results', folder.path]);
  const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  expect(deviations(run, await readExpected())).toEqual([]);
  expect(exitCode).toBe(1);
  const builds = [...run.twins.values()].flatMap((twins) => twins.builds);
  expect(builds.map(({ manifestFile }) => manifestFile?.digest ?? null)).toEqual(
    builds.map(({ manifest }) => manifest),
  );
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const attestations = await attestRun(run.folder, privateKey);
  // All evidence is there, the manifests of what failed among it.
  expect((await verifyAttestations(attestations, publicKey, run.folder)).faults).toEqual([]);
});

/** A copy of the harness in which one expression is replaced; it finds its packages where this checkout has them. */
async function mutant(folder: string, file: string, from: RegExp, to: string): Promise<string> {
  for (const name of ['harness', 'suites', 'package.json']) {
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  expect(text, `${file} no longer holds ${from.source}`).toMatch(from);
  await writeFile(path, text.replace(from, to));
  return join(folder, 'harness/cli/main.ts');
}

/** What three of the faulty images come to in a copy of the harness. */
async function deviationsIn(main: string, folder: string): Promise<string[]> {
  const images = ['control', 'random', 'unlocked-package'];
  const selected = images.flatMap((image) => ['--image', `${image}/*`]);
  const args = ['verify', join(ROOT, CATALOG), ...selected, '--results', join(folder, 'results')];
  const { stderr } = await execa(process.execPath, [main, ...args], {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
  });
  const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  const expected = Object.entries(await readExpected()).filter(([image]) => images.includes(image));
  return deviations(run, Object.fromEntries(expected));
}

const MUTANTS: [string, string, RegExp, string][] = [
  [
    'a comparison that calls everything equal',
    'harness/claims/reproducible.ts',
    /if \(result\.identical\) \{/,
    'if (true) {',
  ],
  [
    'a comparison that calls everything different',
    'harness/claims/reproducible.ts',
    /if \(result\.identical\) \{/,
    'if (false) {',
  ],
  ['a check of locks that finds nothing', 'harness/claims/locked.ts', /deviations\.length === 0/, 'true'],
];

test.concurrent.each(MUTANTS)('the faulty catalog catches %s', async (_name, file, from, to) => {
  await using folder = await temporaryFolder();
  const main = await mutant(folder.path, file, from, to);
  expect(await deviationsIn(main, folder.path)).not.toEqual([]);
});

test('a copy of the harness with nothing changed gets them right', async () => {
  await using folder = await temporaryFolder();
  const main = await mutant(folder.path, 'harness/claims/locked.ts', /deviations/, 'deviations');
  expect(await deviationsIn(main, folder.path)).toEqual([]);
});
