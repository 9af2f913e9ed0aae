import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../model/digest.ts';
import { scratch } from '../testing/oci/image.ts';
import { evidenceFault, evidencePath, readEvidence } from './read-evidence.ts';

const BYTES = Buffer.from('what was seen');
const evidence = { digest: sha256(BYTES), size: BYTES.length };

describe('evidence', () => {
  test.each<[string, (path: string) => unknown, 'missing' | 'changed' | null]>([
    ['as it was kept', (path) => writeFile(path, BYTES), null],
    ['gone', () => undefined, 'missing'],
    ['with other bytes', (path) => writeFile(path, 'what was sees'), 'changed'],
    ['grown', (path) => writeFile(path, 'what was seen and more'), 'changed'],
    ['a folder', (path) => mkdir(path), 'missing'],
    [
      'a link to the right bytes',
      (path) => writeFile(`${path}.x`, BYTES).then(() => symlink(`${path}.x`, path)),
      'missing',
    ],
    ['a pipe that nobody writes', (path) => execFileSync('mkfifo', [path]), 'missing'],
  ])('%s', async (_what, make, fault) => {
    await using run = await scratch();
    const path = evidencePath(run.path, evidence.digest);
    await mkdir(dirname(path), { recursive: true });
    await make(path);
    expect(await evidenceFault(run.path, evidence.digest)).toBe(fault);
    expect(await readEvidence(run.path, evidence)).toEqual(fault ?? BYTES);
  });

  test('of another size than the record says is not read', async () => {
    await using run = await scratch();
    await mkdir(dirname(evidencePath(run.path, evidence.digest)), { recursive: true });
    await writeFile(evidencePath(run.path, evidence.digest), BYTES);
    expect(await readEvidence(run.path, { ...evidence, size: 1e15 })).toBe('changed');
  });
});
