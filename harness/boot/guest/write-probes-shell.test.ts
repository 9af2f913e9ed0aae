import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parseProbes, probeScript } from './write-probes.ts';

// The script in a real shell of this machine, on folders made for it. What it does as root is done as whoever runs the
// tests; the other user is there only when that is root.
const isRoot = process.getuid?.() === 0;
const NAMESPACE = isRoot ? ['unshare', '--mount'] : ['unshare', '--map-root-user', '--mount'];
const canMount =
  spawnSync('sh', ['-c', `${NAMESPACE.join(' ')} mount -t tmpfs tmpfs /mnt`], { stdio: 'ignore' }).status ===
  0;

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'write-probes-'));
  chmodSync(base, 0o755);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function folder(name: string, files: string[] = ['file']): string {
  const path = join(base, name);
  mkdirSync(path);
  for (const file of files) writeFileSync(join(path, file), 'content\n', { mode: 0o644 });
  return path;
}

/** Answers by attempt, of one of the two users. */
function answers(script: string, user: 'root' | 'nobody'): Record<string, string> {
  const { stdout, status } = spawnSync('sh', { input: script, encoding: 'utf8' });
  expect(status).toBe(0);
  const probes = parseProbes(stdout).filter((probe) => probe.user === user);
  return Object.fromEntries(probes.map(({ attempt, answer }) => [attempt, answer]));
}

const ALL = (answer: string): Record<string, string> =>
  Object.fromEntries(['create', 'mkdir', 'overwrite', 'rename', 'chmod'].map((attempt) => [attempt, answer]));

describe('the script of the write probes, in a shell', () => {
  test('tells what is allowed, and leaves everything as it was', () => {
    const open = folder('open');
    expect(answers(probeScript([open], base), 'root')).toEqual(ALL('allowed'));
    const { stdout } = spawnSync('sh', ['-c', `cd ${open} && ls -A && cat file && stat -c %a file`], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('file\ncontent\n644\n');
  });

  test('tells that there is no file to try it on', () => {
    const script = probeScript([folder('empty', [])], base);
    const none = 'no file to try it on';
    const expected = { create: 'allowed', mkdir: 'allowed', overwrite: none, rename: none, chmod: none };
    expect(answers(script, 'root')).toEqual(expected);
  });

  test.each([
    ['takes another file than a program that runs', ['text'], 'allowed'],
    ['tells that there is none', [], 'no file to try it on'],
  ])('%s', async (_what, others, overwrite) => {
    const busy = folder('busy', others);
    const names = ['first', 'second', 'third'];
    for (const name of names) {
      copyFileSync('/bin/sleep', join(busy, name));
      chmodSync(join(busy, name), 0o755);
    }
    const running = names.map((name) => spawn(join(busy, name), ['60']));
    await Promise.all(running.map((program) => once(program, 'spawn')));
    onTestFinished(() => running.forEach((program) => program.kill()));
    const script = probeScript([busy], base);
    expect(answers(script, 'root')).toEqual({ ...ALL('allowed'), overwrite });
  });

  test.runIf(isRoot)(
    'tells what another user is denied: EACCES for names and content, EPERM for modes',
    () => {
      const script = probeScript([folder('closed')], base);
      expect(answers(script, 'nobody')).toEqual({ ...ALL('EACCES'), chmod: 'EPERM' });
    },
  );

  test.runIf(!isRoot)('tells what is denied in a folder that may only be read', () => {
    const closed = folder('closed');
    chmodSync(join(closed, 'file'), 0o444);
    chmodSync(closed, 0o555);
    const expected = { create: 'EACCES', mkdir: 'EACCES', overwrite: 'EACCES', rename: 'EACCES' };
    expect(answers(probeScript([closed], base), 'root')).toMatchObject(expected);
    chmodSync(closed, 0o755);
  });

  test.runIf(canMount)('tells that a file system is read-only', () => {
    const mounted = folder('mounted');
    const place = `mount --bind ${mounted} ${mounted} && mount -o remount,bind,ro ${mounted} || exit 1`;
    writeFileSync(join(base, 'script'), `${place}\n${probeScript([mounted], base)}`);
    const script = `exec ${NAMESPACE.join(' ')} sh ${join(base, 'script')}`;
    // The file system below can be written to.
    expect(answers(script, 'root')).toEqual({ ...ALL('EROFS'), remount: 'allowed' });
    expect(readdirSync(mounted)).toEqual(['file']);
  });

  test.runIf(canMount && isRoot)('tells that mounting it again is of no use', () => {
    const mounted = folder('mounted');
    const place = `mount -t tmpfs tmpfs ${mounted} && : > ${mounted}/file && mount -o remount,ro ${mounted} || exit 1`;
    writeFileSync(join(base, 'script'), `${place}\n${probeScript([mounted], base)}`);
    const script = `exec ${NAMESPACE.join(' ')} sh ${join(base, 'script')}`;
    expect(answers(script, 'root')).toEqual({ ...ALL('EROFS'), remount: 'EROFS' });
  });
});
