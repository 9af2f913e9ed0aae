import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../../../harness/engine/folders.ts';
import { findTool } from '../../../harness/setup/tools.mjs';
import { ROOT, until } from '../selftest/support.ts';

/** crun refuses hosts with both cgroup versions; runc, where it is there, does not. */
const RUNTIME = findTool('runc') === null ? [] : ['--runtime', findTool('runc') ?? ''];
const PODMAN = ['podman', ...RUNTIME, '--cgroup-manager', 'cgroupfs'];

/** A user that only the processes below know, and whose files only they see under its name. */
const USER = { id: 64_321, name: 'twinproof', others: '700000:65536' };

/**
 * Becomes the user, who may read neither this checkout nor this Node where they are root's, and so is shown them.
 * The mounts are in a namespace of their own.
 */
const AS_USER = `set -e
here=$1 root=$2 node=$3; shift 3
mkdir -p "$here/etc" "$here/home" "$here/checkout"; touch "$here/node"; chmod 755 "$here"
for file in passwd group; do cat "/etc/$file" > "$here/etc/$file"; done
echo "${USER.name}:x:${USER.id}:${USER.id}::$here/home:/bin/sh" >> "$here/etc/passwd"
echo "${USER.name}:x:${USER.id}:" >> "$here/etc/group"
for file in subuid subgid; do echo "${USER.name}:${USER.others}" > "$here/etc/$file"; done
for file in passwd group subuid subgid; do mount --bind "$here/etc/$file" "/etc/$file"; done
mount --bind "$root" "$here/checkout"; mount --bind "$node" "$here/node"
chown -R ${USER.id}:${USER.id} "$here/home"; cd "$here/checkout"
exec setpriv --pdeathsig KILL --reuid ${USER.id} --regid ${USER.id} --clear-groups \\
  env -i "PATH=$PATH" NO_COLOR=1 HOME="$here/home" XDG_RUNTIME_DIR="$here/home" "$@"`;

/**
 * Its processes end with the first of them, as podman leaves some behind; and that one with unshare, for which setpriv has
 * to ask again: becoming another user takes back what --kill-child asked for.
 */
const OWN = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];

export type Kind = 'rootful' | 'rootless';

/** Whether this machine lets a podman of that kind run at all. */
export async function canRun(kind: Kind, folder: string): Promise<boolean> {
  if (findTool('podman') === null) return false;
  if (kind === 'rootful') return process.getuid?.() === 0;
  return (await commandOf(kind, folder, ['podman', 'unshare', 'true'])).exitCode === 0;
}

/** A podman that listens on a socket of its own, and the harness as its user runs it. */
export async function startPodman(kind: Kind, folder: string) {
  const asOther = kind === 'rootless' && process.getuid?.() === 0;
  const socket = `unix://${join(folder, asOther ? 'home' : '', 'podman.sock')}`;
  const service = commandOf(kind, folder, [...PODMAN, 'system', 'service', '--time=0', socket]);
  const node = asOther ? join(folder, 'node') : process.execPath;
  const program = (path: string) => (args: string[]) =>
    commandOf(kind, folder, ['env', `DOCKER_HOST=${socket}`, node, path, ...args]);
  const twinproof = program('harness/cli/main.ts');
  const ready = async (): Promise<boolean> => (await twinproof(['doctor'])).stdout.includes('engine: Podman');
  await until('podman answers', ready, 60);
  // What was fetched before need not be fetched again; the user has a cache of its own.
  if (asOther) {
    const to = join(folder, 'home/.cache/twinproof/sha256');
    await cp(join(cacheFolder(), 'sha256'), to, { recursive: true });
  }
  return {
    twinproof,
    contract: program('suites/tests/engines/contract/main.ts'),
    results: join(folder, asOther ? 'home' : '', 'results'),
    async [Symbol.asyncDispose]() {
      service.kill();
      await service;
    },
  };
}

/** Runs a command in the checkout as the user of such a podman. */
function commandOf(kind: Kind, folder: string, command: string[]) {
  const options = { cwd: ROOT, env: { NO_COLOR: '1' }, reject: false, stdin: 'ignore' } as const;
  const [file = '', ...rest] =
    kind === 'rootless' && process.getuid?.() === 0
      ? ['unshare', ...OWN, 'sh', '-c', AS_USER, 'sh', folder, ROOT, process.execPath, ...command]
      : command;
  return execa(file, rest, options);
}
