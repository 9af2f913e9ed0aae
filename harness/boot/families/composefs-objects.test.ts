import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectsReadBack } from './composefs-objects.ts';

/**
 * fs-verity digests of files of one block, as `fsverity digest` 1.5 prints them: the hash of a descriptor with the hash of that
 * block. Source: Linux, Documentation/filesystems/fsverity.rst, "struct fsverity_descriptor".
 */
const FSVERITY = `#!${process.execPath}
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const [, option, ...files] = process.argv.slice(2);
const name = option.split('=')[1];
const hash = (bytes) => createHash(name).update(bytes).digest();
for (const file of files) {
  const content = readFileSync(file);
  const descriptor = Buffer.alloc(256);
  descriptor.set([1, name === 'sha256' ? 1 : 2, 12]);
  descriptor.writeUInt32LE(content.length, 8);
  hash(Buffer.concat([content, Buffer.alloc(4096 - content.length)])).copy(descriptor, 16);
  console.log(name + ':' + hash(descriptor).toString('hex') + ' ' + file);
}
`;
/** Of a file with the text `object`, by `fsverity digest` 1.5. */
const NAMES = {
  sha256: 'bab855fadc6538d19141f3b37d8b30ba2b01d0ac77c7f3e0cfed74dcbd018e32',
  sha512:
    '8bab95faaefd0963aef55032ce66d5c291b6e347800410c5184e1ca1f1a2f3f8c5e02489e1a54eb473f21a32b007ff41ba8cb58dd9c95dd1df623210f9edb5ce',
};

let folder = '';
const objects = (): string => join(folder, 'objects');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'composefs-'));
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'fsverity'), FSVERITY);
  await chmod(join(folder, 'bin', 'fsverity'), 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

async function store(content: Record<string, string>, tools = true): Promise<{ exit: number; said: string }> {
  await rm(objects(), { recursive: true, force: true });
  for (const [name, text] of Object.entries(content)) {
    const path = join(objects(), name.slice(0, 2), name.slice(2));
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  }
  const script = `unread() { echo "unread: $1"; exit 75; }\n${objectsReadBack(objects())}`;
  const PATH = tools ? `${join(folder, 'bin')}:${process.env.PATH ?? ''}` : join(folder, 'none');
  const { exitCode, all } = await execa('/bin/sh', ['-c', script], {
    env: { PATH },
    all: true,
    reject: false,
  });
  return { exit: exitCode ?? -1, said: all };
}

test('objects that are what their names say are whole, of either algorithm', async () => {
  expect(await store({ [NAMES.sha512]: 'object', [NAMES.sha256]: 'object' })).toEqual({ exit: 0, said: '' });
});

test('one changed byte in one of them is told', async () => {
  const found = await store({ [NAMES.sha512]: 'object', [NAMES.sha256]: 'Object' });
  expect(found.exit).toBe(1);
  expect(found.said).toBe(
    `an object has other content than its name says: ./${NAMES.sha256.replace(/^../, '$&/')}`,
  );
});

test('so is what has no name of a digest, which nobody read', async () => {
  expect(await store({ [NAMES.sha512]: 'object', 'aa.tmp': 'object' })).toEqual({
    exit: 1,
    said: 'an object has no name of a digest',
  });
});

test('what cannot be read back is not called whole', async () => {
  expect(await store({ [NAMES.sha512]: 'object' }, false)).toMatchObject({ exit: 75 });
  expect(await store({})).toMatchObject({ exit: 75 });
});
