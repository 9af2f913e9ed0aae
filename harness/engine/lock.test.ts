import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withLock } from './lock.ts';
import { currentOwner } from './owner.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  vi.stubEnv('TWINPROOF_CACHE', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const owner = currentOwner('r');

test('lets one in at a time', async () => {
  let inside = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock('x', owner, work)));
});

test('what was done is there although the cache was cleared away meanwhile', async () => {
  const work = async (): Promise<number> => {
    await rm(join(folder, 'locks'), { recursive: true });
    return 1;
  };
  expect(await withLock('x', owner, work)).toBe(1);
});

test('is free again after a failure', async () => {
  await expect(withLock('x', owner, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await withLock('x', owner, () => Promise.resolve(1))).toBe(1);
});

test.each([
  ['of a process that is gone', JSON.stringify({ ...owner, started: '1' })],
  ['of another boot', JSON.stringify({ ...owner, boot: 'other' })],
  ['that holds rubbish', '{'],
  ['of a process that was killed before it wrote its name', ''],
])('takes over a lock %s', async (_name, content) => {
  await mkdir(join(folder, 'locks'));
  await writeFile(join(folder, 'locks', 'x.7'), content);
  expect(await withLock('x', owner, () => Promise.resolve(1))).toBe(1);
  expect(await readdir(join(folder, 'locks'))).toEqual(['x.8']);
});

test('says whom it waits for, and does not wait for ever', async () => {
  let free = (): void => undefined;
  const held = withLock('x', owner, () => new Promise<void>((resolve) => (free = resolve)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(withLock('x', owner, () => Promise.resolve(1), { limit: 500 })).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining(`process ${process.pid}, which has the lock "x"`) as string,
  });
  free();
  await held;
});

const WORKER = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { withLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
import { currentOwner } from ${JSON.stringify(new URL('./owner.ts', import.meta.url).href)};
const [file, dies] = process.argv.slice(1);
for (let round = 0; round < 15; round++) {
  await withLock('x', currentOwner('r'), async () => {
    appendFileSync(file, \`in \${process.pid}\n\`);
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (dies === 'dies' && round === 5) process.kill(process.pid, 'SIGKILL');
    appendFileSync(file, \`out \${process.pid}\n\`);
  });
}`;

/** Nobody comes in before the one inside is out, or dead. */
function overlaps(lines: readonly string[], dead: ReadonlySet<string>): string[] {
  let inside: string | null = null;
  return lines.flatMap((line) => {
    const [what, pid = ''] = line.split(' ');
    const wrong: boolean = what === 'in' ? inside !== null && !dead.has(inside) : inside !== pid;
    inside = what === 'in' ? pid : null;
    return wrong ? [line] : [];
  });
}

test('many processes, of which some are killed while they hold it, are never in at the same time', async () => {
  const file = join(folder, 'log');
  const ends = ['dies', 'stays', 'dies', 'stays', 'dies', 'stays'].map(async (kind) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WORKER, file, kind], {
      stdio: 'ignore',
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return { pid: String(child.pid), killed: signal === 'SIGKILL' };
  });
  const all = await Promise.all(ends);
  const dead = new Set(all.filter(({ killed }) => killed).map(({ pid }) => pid));
  expect(dead.size).toBe(3);
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  expect(overlaps(lines, dead)).toEqual([]);
  expect(lines.filter((line) => line.startsWith('out '))).toHaveLength(3 * 15 + 3 * 5);
});
