import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counts, digests, equal, names } from '../proofs.ts';
import { type Contestant, contest } from './contest.ts';

const TWO = { entries: 3, files: 2 };
const FILES = ['usr/lib/package-0/file-1', 'usr/lib/package-7/long-name-long-name--211'];

describe('a contestant counts only if it proves that it saw the difference', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contest-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const lineOf = async (script: string, more: Partial<Contestant> = {}): Promise<string> => {
    const command = { argv: ['sh', '-c', script] as const, folder };
    const one = { name: 'it', command, needs: [], done: [1], proof: names(TWO), ...more };
    const table = await contest('title', [one], [], 1);
    return table.split('\n').find((line) => line.includes('│ it')) ?? '';
  };

  test.each([
    [
      'one that fails at once',
      'echo "invalid reference format" >&2; exit 1',
      'what it prints is not what there is',
    ],
    ['one that finds nothing', 'exit 0', 'does not do it: exit code 0'],
    ['one that sees half of it', `echo ${FILES[0] ?? ''}; exit 1`, 'what it prints is not what there is'],
    [
      'one that sees too much',
      `echo ${FILES.join(' ')} usr/lib/package-1/file-9; exit 1`,
      'what it prints is not',
    ],
  ])('%s does not', async (_, script, note) => {
    expect(await lineOf(script)).toContain(note);
  });

  test('what names all of it does, once it has what it needs', async () => {
    expect(await lineOf(`echo ${FILES.join(' ')}; exit 1`)).toMatch(/\d s .* MiB/);
    const prepare = (): Promise<void> => rm(join(folder, 'none'), { force: true });
    expect(await lineOf(`printf '%s\\n' ${FILES.join(' ')}; exit 1`, { prepare })).toMatch(/\d s .* MiB/);
  });
});

test('proofs', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  expect([digests(true)(`${a}  x\n${a}  y`), digests(true)(`${a} ${b}`), digests(true)(a)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([digests(false)(`${a} ${b}`), digests(false)(`${a} ${a}`), digests(false)('')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(counts(TWO)('Config\n\nEntries: 3 changed\n')).toBe(true);
  expect(counts(TWO)('Entries: 30 changed')).toBe(false);
  expect([equal('identical'), equal('no difference was looked for')]).toEqual([true, false]);
});
