import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../model/digest.ts';
import { NO_CHECK } from './scripts.ts';
import { checkScript, versionIn } from './sysupdate.ts';

const sum = 'a'.repeat(64);
test.each([
  ['os_@v.root', '1.1'],
  ['@v.root', 'os_1.1'],
  ['debian_@v.root', ''],
])('the version of a release whose root is called %s', (pattern, version) => {
  const names = ['os_1.1.conf', 'os_1.1.root', "x'; reboot; '.root", 'os_1.1.initrd'];
  expect(versionIn(names.map((name) => `${sum}  ${name}\n`).join(''), pattern)).toBe(version);
});

describe('what is installed is whole', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sysupdate-'));
    for (const name of ['loader/entries', 'os', 'slots'])
      await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, 'slots/os_2'), SLOT);
    await writeFile(join(folder, 'os/kernel'), 'kernel');
    await writeFile(join(folder, 'os/initrd'), 'unpacked');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const ENTRY = 'linux /os/kernel\ninitrd /os/initrd\noptions root=PARTLABEL=os_2 ro\n';
  const SLOT = Buffer.alloc(4096, 'x');
  SLOT.writeBigUInt64LE(4000n, 40);
  const WHOLE = [`${sha256Hex(SLOT)}  os_2`, `${sha256Hex('kernel')}  /os/kernel`];
  const UNPACKED = [`${sha256Hex('packed')}  /os/initrd`, `${sha256Hex('unpacked')}  /os/initrd`];

  async function checked(
    sums: string[],
    entries: Record<string, string>,
  ): Promise<[number | undefined, string]> {
    await rm(join(folder, 'loader/entries'), { recursive: true });
    await mkdir(join(folder, 'loader/entries'));
    for (const [name, text] of Object.entries(entries))
      await writeFile(join(folder, 'loader/entries', name), text);
    const script = checkScript(sums.map((line) => `${line}\n`).join(''), folder, join(folder, 'slots'));
    const { exitCode, stderr } = await execa('sh', ['-c', script], { reject: false });
    return [exitCode, stderr];
  }

  test('where all has the sums that it was served with, or of what that unpacks to', async () => {
    expect(await checked([...WHOLE, ...UNPACKED], { 'os_2.conf': ENTRY })).toEqual([0, '']);
  });

  test('where an entry was not written to its end, and starts nothing', async () => {
    const entries = { 'os_2.conf': ENTRY, 'os_3+3-0.conf': '', 'os_4.conf': '\0'.repeat(100) };
    expect(await checked([...WHOLE, ...UNPACKED], entries)).toEqual([0, '']);
  });

  test.each<[string, string[], string, [number, string]]>([
    ['other content', [...WHOLE, ...UNPACKED.slice(0, 1)], ENTRY, [1, '/os/initrd: other content']],
    ['no slot', [...WHOLE, ...UNPACKED], ENTRY.replace('os_2', 'os_3'), [1, 'os_2.conf names no slot']],
    ['no kernel', [...WHOLE, ...UNPACKED], ENTRY.replace('kernel', 'other'), [1, '/os/other is not there']],
  ])('not where there is %s', async (_what, sums, entry, expected) => {
    expect(await checked(sums, { 'os_2.conf': entry })).toEqual(expected);
  });

  test('is not known where nothing in the image unpacks it', async () => {
    const sums = [...WHOLE, ...UNPACKED.slice(0, 1), 'unknown  /os/initrd'];
    const [exitCode, reason] = await checked(sums, { 'os_2.conf': ENTRY });
    expect([exitCode, reason]).toEqual([NO_CHECK, expect.stringContaining('by nothing else in the image')]);
  });
});
