import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_NAMESPACE, inNamespace, makeNamespace, noNamespace } from './nested.ts';
import { shellCommand } from './places.ts';

let scratch: string;
beforeEach(async () => void (scratch = await mkdtemp(join(tmpdir(), 'nested-'))));
afterEach(() => rm(scratch, { recursive: true }));

/** With everything that the script starts ending with it. */
const alone = (script: string, ...options: string[]) =>
  execa(
    'unshare',
    [...options, '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script],
    { reject: false, stdin: 'ignore' },
  );

/** As builds are: root, of the host or of a rootless engine. Another user has no ids to hand on. */
const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('a command is root in the namespace, where mounts from outside cannot be changed', async () => {
  const made = shellCommand(makeNamespace(scratch, [scratch]));
  const mount = 'mkdir "$1/lent"; mount -t tmpfs tmpfs "$1/lent"; mount -o remount,bind,ro "$1/lent"';
  const inside =
    'id -u; mount -t tmpfs tmpfs /mnt && echo mounts; mount -o remount,bind,rw "$1/lent" 2>&1 || echo kept';
  const lent = shellCommand(['sh', '-c', mount, 'sh', scratch]);
  const asked = shellCommand(inNamespace(scratch, ['sh', '-c', inside, 'sh', scratch]));
  const { stdout, stderr, exitCode } = await alone(`${lent}; ${made} && ${asked}`);
  expect(exitCode, stderr).toBe(0);
  expect(stdout.split('\n')[0]).toBe('0');
  expect(stdout).toContain('mounts');
  expect(stdout.trimEnd().endsWith('kept')).toBe(true);
});

test('where no user namespace can be made that is said, and is no other fault', async () => {
  const made = shellCommand(makeNamespace(scratch, [scratch]));
  const { exitCode, stderr } = await alone(
    `echo 0 > /proc/sys/user/max_user_namespaces; ${made}`,
    '--map-root-user',
  );
  expect(exitCode).toBe(NO_NAMESPACE);
  expect(noNamespace(stderr)).toMatchObject({ code: 'unsupported' });
});

test('a folder that is not there is another fault', async () => {
  const made = shellCommand(makeNamespace(scratch, [join(scratch, 'none')]));
  const { exitCode } = await alone(made, '--map-root-user');
  expect([0, NO_NAMESPACE]).not.toContain(exitCode);
});
