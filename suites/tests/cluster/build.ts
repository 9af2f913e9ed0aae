import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../../../harness/engine/folders.ts';
import { sha256Hex } from '../../../harness/model/digest.ts';
import { findTool } from '../../../harness/setup/tools.mjs';

const SOURCE = new URL('programs/', import.meta.url).pathname;
/** The Go module that Tekton is taken from. */
export const TEKTON = new URL('programs/tekton/', import.meta.url).pathname;

/** Modules of ours that name by version what the programs are built from. */
const SOURCES = [
  ...['go.mod', 'go.sum', 'main.go', 'pause/main.go'],
  ...['containerd/go.mod', 'containerd/go.sum', 'runc/go.mod', 'runc/go.sum'],
  ...['tekton/go.mod', 'tekton/go.sum'],
];
const CONTAINERD = ['containerd', 'containerd-shim-runc-v2'].map(
  (name) => `github.com/containerd/containerd/v2/cmd/${name}`,
);
/** Without tables for debuggers. */
const SMALL = '-s -w';
/** Clients ask for it, and what is no release of Kubernetes does not know its own. It is that of programs/go.mod. */
const VERSION = Object.entries({ gitVersion: 'v1.37.2', gitMajor: '1', gitMinor: '37' })
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(' ');

/** What a machine must have that is not built here, and the package of Debian that has it. */
const NEEDED = {
  go: 'golang',
  ip: 'iproute2',
  nsenter: 'util-linux',
  openssl: 'openssl',
  'pkg-config': 'pkg-config',
  skopeo: 'skopeo',
  'docker-registry': 'docker-registry',
};
/** runc is built with it. */
const SECCOMP = '/usr/include/seccomp.h';
/** Where Debian keeps CNI's plug-ins. */
export const CNI_PLUGINS = '/usr/lib/cni';

/** Why no cluster can be started here, or null. */
export function whyNoCluster(): string | null {
  if (process.getuid?.() !== 0) return 'only root makes network namespaces';
  const missing = Object.entries(NEEDED).find(([command]) => findTool(command) === null);
  if (missing !== undefined) return `${missing[0]} is missing (Debian: ${missing[1]})`;
  if (!existsSync(SECCOMP)) return `${SECCOMP} is missing (Debian: libseccomp-dev)`;
  return existsSync(join(CNI_PLUGINS, 'bridge'))
    ? null
    : `${CNI_PLUGINS} is missing (Debian: containernetworking-plugins)`;
}

/** The folder of the programs, built once: a quarter of an hour of CPU, then kept in the cache. */
export async function clusterPrograms(): Promise<string> {
  const sources = await Promise.all(SOURCES.map((file) => readFile(join(SOURCE, file))));
  const key = sha256Hex(Buffer.concat([...sources, Buffer.from(VERSION)])).slice(0, 16);
  const folder = join(cacheFolder(), 'cluster', key);
  if (existsSync(folder)) return folder;
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  const build = (module: string, words: string[], env: Record<string, string> = {}) => {
    const args = ['build', '-C', join(SOURCE, module), '-trimpath', ...words];
    return execa('go', args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  };
  const stripped = `-ldflags=${SMALL}`;
  await build('.', [`-ldflags=${SMALL} ${VERSION}`, '-o', join(part, 'kubernetes'), '.']);
  await build('.', [stripped, '-o', join(part, 'pause'), './pause'], { CGO_ENABLED: '0' });
  const tags = ['-tags', 'no_btrfs,no_devmapper,no_zfs'];
  // Debian's gives pods no user namespace.
  const runc = 'github.com/opencontainers/runc';
  await build('runc', [stripped, '-tags', 'seccomp', '-o', `${part}/`, runc]);
  await build('containerd', [stripped, ...tags, '-o', `${part}/`, ...CONTAINERD]);
  await build('tekton', [stripped, '-o', `${part}/`, 'github.com/tektoncd/pipeline/cmd/webhook']);
  await rename(part, folder);
  return folder;
}
