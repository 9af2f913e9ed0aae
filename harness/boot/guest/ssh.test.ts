import { once } from 'node:events';
import { lstat, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTool } from '../../setup/tools.mjs';
import { handOver } from '../machine/confined.ts';
import { authorizing, greets, sshAccess, sshArguments } from './ssh.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssh-'));
  await handOver(folder);
});
afterEach(() => rm(folder, { recursive: true }));

test('the key comes to the guest whole, in lines of tmpfiles.d that may fail', () => {
  const lines = authorizing('ssh-ed25519 AAAA guest\n').trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines.every((line) => /^\S+- /.test(line))).toBe(true);
  const content = lines[1]?.split(' ').at(-1) ?? '';
  expect(Buffer.from(content, 'base64').toString()).toBe('ssh-ed25519 AAAA guest\n');
});

describe.skipIf(['ssh', 'ssh-keygen', 'setpriv'].some((name) => findTool(name) === null))('SSH', () => {
  test('has a key of its own for every machine, which nobody else can read', async () => {
    const { credentials } = await sshAccess(folder);
    expect((await lstat(join(folder, 'ssh-key'))).mode & 0o777).toBe(0o600);
    const other = await mkdtemp(join(folder, 'other-'));
    await handOver(other);
    expect(credentials.get('tmpfiles.extra')).toContain('/root/.ssh/authorized_keys');
    expect((await sshAccess(other)).credentials).not.toEqual(credentials);
  });

  test('takes nothing from the user and grants nothing to the guest, as it understands itself', async () => {
    const { stdout } = await execa('ssh', ['-G', ...sshArguments(2222)], {
      env: { SSH_AUTH_SOCK: '/agent' },
    });
    const said = stdout.split('\n');
    expect(said.filter((line) => line.startsWith('identityfile '))).toEqual(['identityfile ssh-key']);
    expect(said).toEqual(
      expect.arrayContaining([
        ...['hostname 127.0.0.1', 'port 2222', 'user root', 'hostkeyalias guest', 'batchmode yes'],
        ...['identityagent none', 'identitiesonly yes', 'forwardagent no', 'forwardx11 no'],
        ...['clearallforwardings yes', 'permitlocalcommand no', 'updatehostkeys false', 'requesttty false'],
        ...['stricthostkeychecking accept-new', 'userknownhostsfile ssh-known-hosts'],
      ]),
    );
  });

  test('says why the guest was not reached', async () => {
    const { run } = await sshAccess(folder);
    // Nobody listens there.
    expect(await run(1, 'true', 30_000)).toMatch(/^ssh failed: .*port 1: Connection refused$/);
  });
});

test('without the programs there is no key, and it is said which is missing', async () => {
  const { PATH } = process.env;
  process.env.PATH = '';
  try {
    const { credentials, run } = await sshAccess(folder);
    expect(credentials.size).toBe(0);
    expect(await run(1, 'true', 1000)).toMatch(/^ssh is not installed \(.+\)$/);
  } finally {
    process.env.PATH = PATH;
  }
});

describe('a server', () => {
  async function looked(answer: (socket: Socket) => void): Promise<boolean> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      answer(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await greets((server.address() as AddressInfo).port, AbortSignal.timeout(1000));
    } finally {
      server.close();
    }
  }

  test('that greets is one for SSH', async () => {
    expect(await looked((socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'))).toBe(true);
  });

  test.each([
    ['says something else', (socket: Socket) => socket.write('220 mail\r\n')],
    ['says nothing', () => undefined],
    ['hangs up', (socket: Socket) => socket.destroy()],
  ])('that %s is none', async (_, answer) => {
    expect(await looked(answer)).toBe(false);
  });
});
