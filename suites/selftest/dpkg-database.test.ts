import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parsePackageDatabases } from '../../harness/packages/databases.ts';

const STATUS = '/var/lib/dpkg/status';

describe('dpkg database', () => {
  it('of this machine is read as dpkg reads it', async ({ skip }) => {
    if (!existsSync(STATUS)) skip('this machine has no dpkg');
    const format = '${Package} ${Version} ${Architecture} ${source:Package} ${db:Status-Status}\\n';
    const { stdout } = await execa('dpkg-query', ['-W', '-f', format]);
    const expected = stdout
      .split('\n')
      .filter((line) => !/ (config-files|not-installed)$/.test(line))
      .map((line) => line.replace(/ \S+$/, ''));
    const [database] = parsePackageDatabases(new Map([[STATUS.slice(1), await readFile(STATUS)]]));
    const ours = database?.packages.map(
      ({ name, version, architecture, source }) => `${name} ${version} ${architecture} ${source ?? name}`,
    );
    expect(ours?.toSorted()).toEqual(expected.toSorted());
    expect(expected.length).toBeGreaterThan(50);
  });
});
