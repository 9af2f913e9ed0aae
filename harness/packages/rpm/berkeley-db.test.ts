import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rpmHeader } from '../../testing/packages/rpm/rpm.ts';
import { scratch } from '../../testing/oci/image.ts';
import { parsePackageDatabases } from '../databases.ts';
import { claimedPaths } from '../owners.ts';
import { berkeleyValues } from './berkeley-db.ts';

const hasLibrary = spawnSync('perl', ['-MDB_File', '-e', '1']).status === 0;

/** A hash that Berkeley DB itself makes: as many values as there are sizes, each filled with its number. */
const made = (sizes: number[]): Promise<Buffer> =>
  madeOf(sizes.map((size, i) => Buffer.alloc(size, (i + 1) % 256)));

/** One of these values; the first is deleted again. */
async function madeOf(values: Buffer[]): Promise<Buffer> {
  await using folder = await scratch();
  const [script, file] = [join(folder.path, 'make.pl'), join(folder.path, 'Packages')];
  for (const [i, value] of values.entries()) writeFileSync(join(folder.path, `${i + 1}`), value);
  writeFileSync(
    script,
    `use DB_File; tie(my %h, 'DB_File', "$ARGV[0]/Packages", 0x42, 0644, $DB_HASH) or die;
     $h{pack('L<', 0)} = pack('L<', 7); local $/;
     for my $n (1 .. $ARGV[1]) { open(my $f, '<:raw', "$ARGV[0]/$n") or die; $h{pack('L<', $n)} = <$f>; }
     delete $h{pack('L<', 1)}; untie %h;`,
  );
  execFileSync('perl', [script, folder.path, `${values.length}`]);
  return readFileSync(file);
}

const SIZES = [
  100,
  50_000,
  3000,
  20,
  9000,
  5000,
  4070,
  4096,
  100_000,
  ...Array.from({ length: 200 }, (_, i) => 1000 + 37 * i),
];

test.runIf(hasLibrary)(
  'every value of a hash that Berkeley DB wrote is read, and none that was deleted',
  async () => {
    const values = [...berkeleyValues(await made(SIZES), 'x')].map((value) => {
      expect(value.every((byte) => byte === value[0])).toBe(true);
      return `${value[0] ?? ''} ${value.length}`;
    });
    const expected = SIZES.map((size, i) => `${(i + 1) % 256} ${size}`).slice(1);
    expect(values.toSorted()).toEqual(expected.toSorted());
  },
);

test.runIf(hasLibrary)('a damaged one is refused, and never read in part', async () => {
  const whole = await made(SIZES);
  const all = [...berkeleyValues(whole, 'x')].length;
  expect(() => [...berkeleyValues(whole.subarray(0, whole.length / 2), 'x')]).toThrow('cut off');
  for (let at = 0; at < whole.length; at += 49_999) {
    const bad = Buffer.from(whole);
    bad.writeUInt32LE(0xfffffff0, Math.min(at, whole.length - 4));
    try {
      expect([...berkeleyValues(bad, 'x')].length).toBeGreaterThanOrEqual(0);
    } catch (error) {
      expect(error).toMatchObject({ code: 'image-invalid' });
    }
  }
  expect(all).toBe(SIZES.length - 1);
});

test.runIf(hasLibrary)('packages and their files are read from it as from SQLite', async () => {
  const header = (name: string): Buffer =>
    rpmHeader([
      [1000, 6, [name]],
      [1001, 6, ['1.0']],
      [1002, 6, ['1.el8']],
      [1022, 6, ['x86_64']],
      [1116, 4, [0]],
      [1117, 8, [name]],
      [1118, 8, ['/usr/bin/']],
    ]);
  const path = 'var/lib/rpm/Packages';
  const bytes = await madeOf([Buffer.alloc(1), header('bash'), header('zlib')]);
  const files = new Map([[path, bytes]]);
  expect(parsePackageDatabases(files)).toMatchObject([
    { format: 'rpm', paths: [path], packages: [{ name: 'bash', version: '1.0-1.el8' }, { name: 'zlib' }] },
  ]);
  const read = (name: string): Uint8Array | null => files.get(name) ?? null;
  expect([...claimedPaths([path], read, new Set(['usr/bin/bash', 'usr/bin/other'])).keys()]).toEqual([
    'usr/bin/bash',
  ]);
});

test('what is no hash is refused', () => {
  expect(() => [...berkeleyValues(Buffer.alloc(4096), 'x')]).toThrow('no Berkeley DB hash');
  expect(() => [...berkeleyValues(Buffer.alloc(1), 'x')]).toThrow('too short');
});
