import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serve, startServer } from '../../../harness/fetch/testing/server.ts';
import { readRun } from '../../../harness/record/reader.ts';
import { makeRepository } from './rpm-repository.ts';
import { temporaryFolder, twinproof, writeCatalog } from './support.ts';

const CONTAINERFILE = `FROM localhost/builder AS build
ARG SOURCE_DATE_EPOCH
RUN install-locked-rpms /newroot

FROM scratch
COPY --from=build /newroot /
`;

const subject = (name: string): string =>
  `  - { image: ${name}, recipe: { containerfile: Containerfile }, lock: ${name}/rpms.lock.yaml }\n`;

const lock = (url: string, rest = ''): string =>
  `lockfileVersion: 1\nlockfileVendor: RedHat\narches:\n- arch: x86_64\n  packages:\n  - url: ${url}\n${rest}`;

test('what a lock leaves out is read from the package; what nothing proves keeps hermetic and locked from passing', async () => {
  await using folder = await temporaryFolder();
  await makeRepository(join(folder.path, 'repository'), [
    { name: 'tiny', version: '1.5', lines: ['Epoch: 2'] },
  ]);
  const bytes = await readFile(join(folder.path, 'repository/Packages/tiny-1.5-1.noarch.rpm'));
  await using server = await startServer({ 'get/tiny.rpm?id=1': serve(bytes), 'get/tiny.rpm': serve(bytes) });
  const sha512 = createHash('sha512').update(bytes).digest('hex');
  const catalog = await writeCatalog(folder.path, `${subject('proven')}${subject('bare')}`, {
    Containerfile: CONTAINERFILE,
    'proven/rpms.lock.yaml': lock(`${server.url}get/tiny.rpm?id=1`, `    checksum: sha512:${sha512}\n`),
    'bare/rpms.lock.yaml': lock(`${server.url}get/tiny.rpm`, '    name: tiny\n    evr: 2:1.5-1\n'),
  });
  const { exitCode, stderr } = await twinproof([
    'verify',
    catalog,
    '--results',
    join(folder.path, 'results'),
  ]);
  const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  const said = [...run.cells.values()].map(({ subject, claim, verdict, summary }) =>
    [subject.replace(/\/.*/, ''), claim, verdict, summary].join(' '),
  );
  const open = 'error 1 of 1 locked files were not verified: tiny 2:1.5-1 (the lock has no checksum)';
  expect(said.toSorted()).toEqual([
    `bare hermetic ${open}`,
    `bare locked ${open}`,
    expect.stringMatching(/^bare reproducible pass /),
    'proven hermetic pass built without network from 1 verified files; the lock gives no size for 1',
    'proven locked pass 1 packages, exactly as locked',
    expect.stringMatching(/^proven reproducible pass /),
  ]);
  expect(exitCode).toBe(2);
});
