import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundledBuilder } from './bundled-builder.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { idle } from '../../../harness/engine/port.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { ROOT } from './support.ts';

/**
 * A machine like a bare Fedora as set-up sees it: a dnf and no apt-get, none of the tools, no engine. The commands are
 * doubles that write down how they were called; installing moby-engine brings an engine that answers, once started.
 */
const MACHINE = `mkdir -p /tmp/bin; chmod 1777 /tmp/bin
make() { printf '#!/bin/sh\\necho "%s $*" >> /tmp/calls\\n%s\\n' "$1" "$2" > /tmp/bin/$1; chmod 755 /tmp/bin/$1; }
answer='require("http").createServer((q, r) => r.end("OK")).listen(process.argv[1])'
engine="/node -e '$answer' /var/run/docker.sock > /dev/null 2>&1 &"
make dnf 'case "$*" in *moby-engine*) /bin/cp /tmp/dockerd /tmp/bin/dockerd;; esac'
make dockerd "$engine"; /bin/mv /tmp/bin/dockerd /tmp/dockerd
: > /tmp/calls; chmod 666 /tmp/calls
`;
const PODMAN = `mkdir -p /run/podman; /node -e "$answer" /run/podman/podman.sock > /dev/null 2>&1 &
while [ ! -S /run/podman/podman.sock ]; do sleep 0.1; done
`;
const SUDO = `make sudo '[ "$1" = --non-interactive ] && shift; exec "$@"'\n`;
const SYSTEMD = `make systemctl "$engine"\n`;

interface Case {
  machine?: string;
  user?: string;
  /** What process 1 is called. */
  init?: string;
  asked?: string[];
}

async function setUp({ machine = '', user = '0', init = 'sh', asked = ['engine', 'tools'] }: Case) {
  const engine = await connectEngine();
  const owner = currentOwner('selftest-setup');
  const image = await bundledBuilder(engine, owner);
  const command =
    init === 'sh' ? idle(300) : ['sh', '-c', `cp /bin/sleep /tmp/${init}; exec /tmp/${init} 300`];
  await using container = await engine.run(owner, {
    image,
    command,
    inputs: [
      { from: process.execPath, at: '/node' },
      { from: join(ROOT, 'harness/setup'), at: '/checkout/harness/setup' },
    ],
    scratch: {
      '/tmp': { executable: true, shared: true },
      '/run': { shared: true },
      '/var/run': { shared: true },
      '/checkout/node_modules': {},
    },
    limits: { memory: 1024 ** 3, processes: 256 },
  });
  const made = await container.exec(['sh', '-ec', MACHINE + machine]);
  expect(made.stderr).toBe('');
  const script = [
    '/usr/bin/env',
    '-i',
    'PATH=/tmp/bin',
    '/node',
    '/checkout/harness/setup/pre.mjs',
    ...asked,
  ];
  const { exitCode, stderr } = await container.exec(script, { user });
  const { stdout } = await container.exec(['cat', '/tmp/calls']);
  return { exitCode, stderr, calls: stdout.trim().split(/ *\n/) };
}

const INSTALL = 'dnf install --assumeyes --setopt=install_weak_deps=False';
const TOOLS = ['git', 'moby-engine', 'tar', 'skopeo', 'umoci', 'rpm', 'dpkg', 'rpm-build', 'createrepo_c'];

test('root: packages by their names in Fedora, then the engine', async () => {
  const { exitCode, calls } = await setUp({});
  expect(calls[0]?.startsWith(`${INSTALL} `)).toBe(true);
  expect(calls[0]?.split(' ')).toEqual(expect.arrayContaining(TOOLS));
  expect(calls[0]).not.toMatch(/docker\.io|createrepo-c|null/);
  expect(calls.slice(1)).toEqual(['dockerd']);
  expect(exitCode).toBe(0);
});

test('under systemd the engine is started as a service', async () => {
  const { exitCode, calls } = await setUp({ machine: SYSTEMD, init: 'systemd', asked: ['engine'] });
  expect(calls).toEqual([`${INSTALL} git moby-engine`, 'systemctl start docker']);
  expect(exitCode).toBe(0);
});

test('not root: installs through sudo, which may not ask', async () => {
  const { exitCode, calls } = await setUp({
    machine: `${SUDO}${PODMAN}chmod 666 /run/podman/podman.sock`,
    user: 'nobody',
    asked: ['engine'],
  });
  expect(calls).toEqual([`sudo --non-interactive ${INSTALL} git`, `${INSTALL} git`]);
  expect(exitCode).toBe(0);
});

test('not root, and an engine that answers root only: says how to become one of its users', async () => {
  const denied = `make git ''; /bin/cp /tmp/dockerd /tmp/bin/dockerd; /tmp/bin/dockerd
while [ ! -S /var/run/docker.sock ]; do sleep 0.1; done; chmod 600 /var/run/docker.sock; : > /tmp/calls\n`;
  const { exitCode, stderr, calls } = await setUp({ machine: denied, user: 'nobody', asked: ['engine'] });
  expect(calls).toEqual(['']);
  expect(stderr).toContain(
    'you may not use /var/run/docker.sock; run this as root, log in again, then try again',
  );
  expect(stderr.split('\n')).toContain('    usermod --append --groups docker nobody');
  expect(exitCode).toBe(2);
});

test('not root and no sudo: prints the very command and does nothing', async () => {
  const { exitCode, stderr, calls } = await setUp({ user: 'nobody', asked: ['engine'] });
  expect(calls).toEqual(['']);
  expect(stderr).toContain('this needs root; run these commands as root, then try again');
  expect(stderr.split('\n')).toContain(`    ${INSTALL} git moby-engine`);
  expect(exitCode).toBe(2);
});

test('a podman that runs already is used as it is', async () => {
  const { exitCode, calls } = await setUp({ machine: PODMAN, asked: ['engine'] });
  expect(calls).toEqual([`${INSTALL} git`]);
  expect(exitCode).toBe(0);
});
