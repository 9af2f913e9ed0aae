import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cachedPath } from '../fetch/cache.ts';
import { knownRedirects, rememberRedirects } from '../fetch/redirects.ts';
import { readLock } from '../lock/parse.ts';
import { sha256 } from '../model/digest.ts';
import { packInputs, unpackInputs } from './carried-inputs.ts';

const URL = 'https://packages.test/a.rpm';
const CHECKSUM = sha256('abc');
const LOCK = `lockfileVersion: 1
lockfileVendor: redhat
arches:
  - arch: x86_64
    packages:
      - { url: '${URL}', repoid: r, size: 3, checksum: '${CHECKSUM}', name: a, evr: 1-1 }
      - { url: 'https://packages.test/b.rpm', repoid: r, size: 3, name: b, evr: 1-1 }
    source: []
    module_metadata: []
`;
const WAY = [{ url: URL, status: 302, location: 'https://mirror.test/a.rpm' }];

let folder: string;
let lock: string;
let carried: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twinproof-carried-'));
  lock = join(folder, 'rpms.lock.yaml');
  carried = join(folder, 'carried');
  await writeFile(lock, LOCK);
  vi.stubEnv('TWINPROOF_CACHE', join(folder, 'here'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function pack(): Promise<void> {
  const cached = cachedPath(join(folder, 'here'), CHECKSUM);
  await mkdir(dirname(cached), { recursive: true });
  await writeFile(cached, 'abc');
  await rememberRedirects(join(folder, 'here'), URL, WAY);
  // Nothing proves the second: it is not carried.
  const paths = new Map([URL, 'https://packages.test/b.rpm'].map((url) => [url, cached]));
  await packInputs(await readLock(lock), 'amd64', { cached: paths, folder: carried });
}

test('what a lock proves is taken to another machine, with the way by which it was fetched', async () => {
  await pack();
  const there = join(folder, 'there');
  vi.stubEnv('TWINPROOF_CACHE', there);
  await unpackInputs(carried, lock, 'amd64');
  expect(await readFile(cachedPath(there, CHECKSUM), 'utf8')).toBe('abc');
  expect(await knownRedirects(carried, URL)).toEqual(WAY);
  // What others of this machine are told by their own fetching stays theirs.
  expect(await knownRedirects(there, URL)).toEqual([]);
});

test.each([
  ['other bytes', (path: string) => writeFile(path, 'abd')],
  ['a link', (path: string) => symlink('/etc/hostname', path)],
])('%s in place of a file are refused', async (_, put) => {
  await pack();
  const path = cachedPath(carried, CHECKSUM);
  await rm(path);
  await put(path);
  const there = join(folder, 'there');
  vi.stubEnv('TWINPROOF_CACHE', there);
  await expect(unpackInputs(carried, lock, 'amd64')).rejects.toMatchObject({
    code: 'record-invalid',
    where: path,
  });
  await expect(readFile(cachedPath(there, CHECKSUM))).rejects.toThrow('ENOENT');
});

test('what is not carried is left to be fetched', async () => {
  await unpackInputs(carried, lock, 'amd64');
  await expect(readFile(cachedPath(join(folder, 'here'), CHECKSUM))).rejects.toThrow('ENOENT');
});
