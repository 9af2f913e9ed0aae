import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorLine } from '../errors.ts';
import { readLocks } from './read-all.ts';

test('of several bad locks each is named with its place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'locks-'));
  try {
    const text = { good: 'arches: []', version: 'arches: []', arches: 'arch: []' };
    const path = (name: string): string => join(folder, `rpms-${name}.lock.yaml`);
    for (const [name, line] of Object.entries(text))
      await writeFile(path(name), `lockfileVersion: ${name === 'version' ? 2 : 1}\n${line}\n`);
    const names = ['version', 'good', 'none', 'arches'];
    const error: unknown = await readLocks(names.map(path)).catch((fault: unknown) => fault);
    const lines = errorLine(error).replaceAll(`${folder}/`, '').split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^rpms-version.lock.yaml:1:18: lock-invalid: only lockfileVersion 1 is known/),
      expect.stringMatching(/^rpms-none.lock.yaml: lock-invalid: cannot be read: ENOENT/),
      expect.stringMatching(/^rpms-arches.lock.yaml:1:1: lock-invalid: the key arches is missing/),
    ]);
    expect(await readLocks([path('good')])).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
