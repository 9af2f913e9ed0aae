import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLock } from '../lock/parse.ts';
import { compareWithLock } from '../packages/compare-lock.ts';
import { rpmFile, rpmHeader } from '../testing/packages/rpm/rpm.ts';
import { stageInputs } from './inputs.ts';
import { namedLock } from './named-lock.ts';

const URLS = ['https://example.org/a/blob%2B1?x=1', 'https://example.org/b/blob+1'];
const LOCK = `lockfileVersion: 1
arches:
- arch: x86_64
  packages:
  - url: ${URLS[0] ?? ''}
  - url: ${URLS[1] ?? ''}
    evr: 0:9-9
`;

const rpm = (name: string): Buffer =>
  rpmFile(
    rpmHeader([
      [1000, 6, [name]],
      [1001, 6, ['2.3']],
      [1002, 6, ['4.el9']],
      [1003, 4, [1]],
      [1022, 6, ['noarch']],
    ]),
  );

describe('a lock that leaves names out', () => {
  let folder = '';
  const cached = new Map<string, string>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'named-'));
    for (const [i, url] of URLS.entries()) {
      cached.set(url, join(folder, `${i}`));
      await writeFile(join(folder, `${i}`), rpm(`package-${i}`));
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('has them from the packages, and keeps what it says itself', async () => {
    const lock = await namedLock(parseLock(LOCK, 'rpms.lock.yaml'), 'amd64', cached);
    expect(lock.arches[0]?.packages).toEqual([
      { url: URLS[0], repoid: 'unaffiliated', name: 'package-0', evr: '1:2.3-4.el9', architecture: 'noarch' },
      { url: URLS[1], repoid: 'unaffiliated-2', name: 'package-1', evr: '0:9-9', architecture: 'noarch' },
    ]);
    const installed = [
      { name: 'package-0', version: '1:2.3-4.el9', architecture: 'noarch' },
      { name: 'package-1', version: '9-9', architecture: 'noarch' },
    ];
    const database = { format: 'rpm' as const, paths: [], packages: installed };
    const [arch = { arch: '', packages: [], source: [], moduleMetadata: [] }] = lock.arches;
    expect(compareWithLock([database], arch)).toEqual({ extra: [], missing: [], otherVersion: [] });
  });

  test('names a file that is no package', async () => {
    await writeFile(join(folder, 'page'), '<html>');
    const page = new Map(URLS.map((url) => [url, join(folder, 'page')]));
    await expect(namedLock(parseLock(LOCK, 'rpms.lock.yaml'), 'amd64', page)).rejects.toThrow(
      'blob+1 has no name in the lock, and this is no rpm package',
    );
  });

  test('lays all of them out, and says what nothing proves', async () => {
    const staged = await stageInputs(
      parseLock(LOCK, 'rpms.lock.yaml'),
      'amd64',
      cached,
      join(folder, 'inputs'),
    );
    expect(staged).toMatchObject({ files: 2, unsized: 2, bytes: 2 * rpm('package-0').length });
    expect(staged.unverified).toEqual([
      { file: 'blob+1', why: 'the lock has no checksum' },
      { file: 'blob+1', why: 'the lock has no checksum' },
    ]);
  });
});
