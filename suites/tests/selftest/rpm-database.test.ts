import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absenceNote, foreignFile } from '../../../harness/testing/foreign-files.ts';
import { parsePackageDatabases } from '../../../harness/packages/databases.ts';

const REAL = 'rpmdb/fedora-rpmdb.sqlite';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpmdb-selftest-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What rpm itself says is in a database. */
async function rpmSays(dbpath: string): Promise<string[]> {
  const format = '%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM}\\n';
  const { stdout } = await execa('rpm', ['--dbpath', dbpath, '-qa', '--qf', format]);
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('gpg-pubkey '))
    .toSorted();
}

async function weSay(dbpath: string): Promise<string[]> {
  const files = new Map<string, Uint8Array>();
  for (const name of ['rpmdb.sqlite', 'rpmdb.sqlite-wal']) {
    const path = join(dbpath, name);
    if (existsSync(path)) files.set(`var/lib/rpm/${name}`, await readFile(path));
  }
  return parsePackageDatabases(files)
    .flatMap(({ packages }) => packages)
    .map(
      ({ name, version, architecture, source }) => `${name} ${version} ${architecture} ${source ?? '(none)'}`,
    )
    .toSorted();
}

async function isMissing(tool: string): Promise<boolean> {
  return (await execa(tool, ['--version'], { reject: false })).failed;
}

describe('rpm database', () => {
  it('a real one is read as rpm reads it', async ({ skip }) => {
    if (await isMissing('rpm')) skip('rpm is not installed');
    const real = foreignFile(REAL) ?? skip(absenceNote([REAL]));
    const dbpath = join(folder, 'real');
    await mkdir(dbpath);
    await copyFile(real, join(dbpath, 'rpmdb.sqlite'));
    const ours = await weSay(dbpath);
    expect(ours).toEqual(await rpmSays(dbpath));
    expect(ours.length).toBeGreaterThan(3);
  });

  it('one that rpm made is read as rpm reads it', async ({ skip }) => {
    if ((await isMissing('rpm')) || (await isMissing('rpmbuild'))) skip('rpm or rpmbuild is not installed');
    const dbpath = join(folder, 'made');
    const spec = (name: string, extra: string): string =>
      `Name: ${name}\nVersion: 1.0~rc1\nRelease: 2^git3\nSummary: s\nLicense: MIT\n${extra}\n%description\nd\n%files\n`;
    await writeFile(join(folder, 'one.spec'), spec('one', 'Epoch: 3\nBuildArch: noarch'));
    await writeFile(join(folder, 'two.spec'), spec('two', ''));
    const define = ['--define', `_topdir ${folder}`];
    for (const name of ['one', 'two'])
      await execa('rpmbuild', [...define, '-bb', join(folder, `${name}.spec`)]);
    const { stdout } = await execa('find', [join(folder, 'RPMS'), '-name', '*.rpm']);
    await execa('rpm', [
      '--define',
      '_db_backend sqlite',
      '--dbpath',
      dbpath,
      '--justdb',
      '--nodeps',
      '-i',
      ...stdout.split('\n'),
    ]);
    const ours = await weSay(dbpath);
    expect(ours).toEqual(await rpmSays(dbpath));
    expect(ours).toEqual([
      expect.stringContaining('one 3:1.0~rc1-2^git3 noarch') as string,
      expect.stringContaining('two 1.0~rc1-2^git3') as string,
    ]);
  });
});
