import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRun } from '../../../harness/record/reader.ts';
import { ROOT, temporaryFolder, twinproof, writeCatalog } from './support.ts';

/** nginx as bundled, with one package at a version that no archive has any more, under a name it never had. */
async function verifyGone(whenGone: string) {
  await using folder = await temporaryFolder();
  const bundled = join(ROOT, 'fixtures/images/nginx/default');
  const lock = await readFile(join(bundled, 'debs.lock.yaml'), 'utf8');
  const gone = lock
    .replace(/(tzdata)_[^_\s]+(_all\.deb)/, '$1_2000a-1$2')
    .replace(/(tzdata_2000a-1_all\.deb\n[\s\S]*?checksum: sha256:)[0-9a-f]{64}/, `$1${'0'.repeat(64)}`);
  expect(gone).not.toBe(lock);
  const subject = '  - { image: x, recipe: { containerfile: x/Containerfile }, lock: x/debs.lock.yaml }\n';
  await cp(bundled, join(folder.path, 'x'), { recursive: true });
  const catalog = await writeCatalog(
    folder.path,
    subject,
    { 'x/debs.lock.yaml': gone },
    `whenGone: ${whenGone}\n`,
  );
  const { exitCode, stderr } = await twinproof([
    'verify',
    catalog,
    '--results',
    join(folder.path, 'results'),
  ]);
  const after = await readFile(join(folder.path, 'x/debs.lock.yaml'), 'utf8');
  return { exitCode, run: await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? ''), kept: after === gone };
}

test('a package that is gone everywhere is input-unavailable, not a difference', async () => {
  const { exitCode, run } = await verifyGone('error');
  expect(exitCode).toBe(2);
  const codes = [...run.cells.values()].map(({ error }) => error?.code);
  expect(codes).toEqual(['input-unavailable', 'input-unavailable', 'input-unavailable']);
});

test('with `whenGone: refresh` the lock is resolved anew for the run, which says so and leaves the file alone', async () => {
  const { exitCode, run, kept } = await verifyGone('refresh');
  expect([...run.cells.values()].map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
  expect(exitCode).toBe(0);
  expect(run.notes.map(({ text }) => text).join('\n')).toMatch(
    /gone from every origin; resolved anew: .*tzdata/,
  );
  expect(kept).toBe(true);
});
