import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parsePackageDatabases } from '../../../harness/packages/databases.ts';
import { temporaryFolder } from './support.ts';

const STATUS = '/var/lib/dpkg/status';

describe('dpkg database', () => {
  it('of this machine is read as dpkg reads it', async ({ skip }) => {
    if (!existsSync(STATUS)) skip('this machine has no dpkg');
    const format = '${Package} ${Version} ${Architecture} ${source:Package} ${db:Status-Status}\\n';
    // A copy: packages may be installed on this machine while the test runs.
    await using folder = await temporaryFolder();
    const copy = join(folder.path, 'status');
    await copyFile(STATUS, copy);
    const { stdout } = await execa('dpkg-query', ['--admindir', folder.path, '-W', '-f', format]);
    const expected = stdout
      .split('\n')
      .filter((line) => !/ (config-files|not-installed)$/.test(line))
      .map((line) => line.replace(/ \S+$/, ''));
    const [database] = parsePackageDatabases(new Map([[STATUS.slice(1), await readFile(copy)]]));
    const ours = database?.packages.map(
      ({ name, version, architecture, source }) => `${name} ${version} ${architecture} ${source ?? name}`,
    );
    expect(ours?.toSorted()).toEqual(expected.toSorted());
    expect(expected.length).toBeGreaterThan(50);
  });
});
