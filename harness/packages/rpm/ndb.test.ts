import { expect, test } from 'vitest';
import { ndb } from '../../testing/packages/rpm/ndb.ts';
import { rpmHeader } from '../../testing/packages/rpm/rpm.ts';
import { claimedPaths } from '../owners.ts';
import { parsePackageDatabases } from '../databases.ts';
import { ndbValues } from './ndb.ts';

const PATH = 'usr/lib/sysimage/rpm/Packages.db';

const header = (name: string, size = 0): Buffer =>
  rpmHeader([
    [1000, 6, [name]],
    [1001, 6, ['1.0']],
    [1002, 6, ['150600.3.1']],
    [1022, 6, ['x86_64']],
    [1044, 6, [`${name}-1.0-150600.3.1.src.rpm`]],
    [1116, 4, [0]],
    [1117, 8, [name]],
    [1118, 8, ['/usr/bin/']],
    [5000, 7, Buffer.alloc(size, 7)],
  ]);

const names = (bytes: Uint8Array): string[] =>
  parsePackageDatabases(new Map([[PATH, bytes]])).flatMap(({ packages }) => packages.map(({ name }) => name));

test('packages of a database of SUSE, whatever the length of their headers, without those that were removed', () => {
  const sizes = Array.from({ length: 40 }, (_, at) => at * 3);
  const headers = sizes.map((size, at) => header(`p${String(at).padStart(2, '0')}`, size));
  expect(names(ndb([null, ...headers, null, header('last', 200_000)]))).toEqual([
    'last',
    ...sizes.map((_, at) => `p${String(at).padStart(2, '0')}`),
  ]);
});

test('packages of more than one page of slots', () => {
  const headers = Array.from({ length: 600 }, (_, at) => header(`p${at}`));
  expect(names(ndb(headers))).toHaveLength(600);
});

test('an empty database is one', () => {
  expect(parsePackageDatabases(new Map([[PATH, ndb([])]]))).toEqual([
    { format: 'rpm', paths: [PATH], packages: [] },
  ]);
});

test('files of its packages are theirs', () => {
  const bytes = ndb([header('bash')]);
  const claimed = claimedPaths([PATH], () => bytes, new Set(['usr/bin/bash', 'usr/bin/x']));
  expect([...claimed]).toEqual([
    ['usr/bin/bash', { name: 'bash', version: '1.0-150600.3.1', format: 'rpm' }],
  ]);
});

test('any byte that is changed or missing is noticed, or does not matter', () => {
  const whole = ndb([header('bash'), header('libz1', 40)]);
  const expected = names(whole);
  for (let at = 0; at < whole.length; at += 7) {
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at);
    try {
      expect(names(changed), `byte ${at}`).toEqual(expected);
    } catch (error) {
      expect(error, `byte ${at}`).toMatchObject({ code: 'image-invalid' });
    }
  }
  for (const length of [0, 20, 4096, whole.length - 1, whole.length - 16])
    expect(() => names(whole.subarray(0, length)), `${length} bytes`).toThrow(
      expect.objectContaining({ code: 'image-invalid' }) as Error,
    );
});

test('slots that show the same blocks again and again are no packages', () => {
  const whole = ndb([header('bash', 5000), ...Array.from({ length: 200 }, () => null)]);
  for (let slot = 3; slot < 200; slot++) {
    whole.copy(whole, slot * 16, 32, 48);
    whole.writeUInt32LE(slot, slot * 16 + 4);
  }
  expect(() => [...ndbValues(whole, 'x')]).toThrow('not where its slot says');
});
