/**
 * Runs inside the build's container before crun makes that of a RUN instruction: changes the bundle that buildah wrote
 * (runtime-spec, config.json) so that the instruction sees what was set for its twin. Nothing of it is in the image.
 * Arguments: the scratch folder, then crun's own. Imports nothing but Node: the harness is not there.
 */
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Mount, type RuntimeSettings, writtenThrough } from './runtime-settings.ts';
import { lendTrust } from './trust.ts';

interface Config {
  root: { path: string };
  hostname: string;
  mounts: Mount[];
  process: {
    env: string[];
    args: string[];
    user: { umask?: number; additionalGids?: number[] };
    rlimits?: unknown[];
  };
  linux: { maskedPaths?: string[]; readonlyPaths?: string[] };
}

const [scratch = '', ...crun] = process.argv.slice(2);
const bundle = crun[crun.indexOf('--bundle') + 1] ?? '';
const id = crun.at(-1) ?? '';
const file = join(bundle, 'config.json');
const config = JSON.parse(readFileSync(file, 'utf8')) as Config;
const settings = JSON.parse(readFileSync(join(scratch, 'settings.json'), 'utf8')) as RuntimeSettings;

makeMountPoints(config.root.path);
nameHost();
for (const mount of config.mounts.filter(({ destination }) => destination === '/etc/resolv.conf'))
  writeFileSync(mount.source, settings.resolver);
if (settings.reversedDirectories) config.root.path = orderedRoot(config.root.path);
setProcess();
setMounts();
writeFileSync(file, JSON.stringify(config));

/** The mount points of buildah's own files get the modes that its chroot isolation gives them. */
function makeMountPoints(root: string): void {
  const etc = lstatSync(join(root, 'etc'), { throwIfNoEntry: false });
  if (etc?.isDirectory() !== true) return;
  for (const name of ['hostname', 'hosts', 'resolv.conf']) {
    const path = join(root, 'etc', name);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    writeFileSync(path, '');
    chmodSync(path, 0o755);
  }
}

function nameHost(): void {
  const before = config.hostname;
  for (const { destination, source } of config.mounts) {
    if (destination !== '/etc/hostname' && destination !== '/etc/hosts') continue;
    writeFileSync(source, readFileSync(source, 'utf8').replaceAll(before, settings.hostname));
  }
  config.process.env = config.process.env.map((entry) =>
    entry === `HOSTNAME=${before}` ? `HOSTNAME=${settings.hostname}` : entry,
  );
  config.hostname = settings.hostname;
}

/** The root through disorderfs, which is mounted from outside of buildah: it waits for all that its own children start. */
function orderedRoot(root: string): string {
  const ordered = join(bundle, 'ordered');
  mkdirSync(ordered, { recursive: true });
  mkdirSync(join(scratch, 'ordered'), { recursive: true });
  appendFileSync(join(scratch, 'request'), `${process.pid} ${root} ${ordered}\n`);
  if (readFileSync(join(scratch, 'answer'), 'utf8').trim() !== '0') {
    process.stderr.write(readFileSync(join(scratch, 'disorderfs.log')));
    process.exit(1);
  }
  writeFileSync(join(scratch, 'ordered', id), ordered);
  return ordered;
}

/** Variables that the recipe sets itself (ENV, ARG) stay as they are. */
function setProcess(): void {
  const { user } = config.process;
  // Those of the build's container, which newer buildah would raise and may not.
  delete config.process.rlimits;
  if (settings.umask !== null) user.umask = settings.umask;
  user.additionalGids = [...(user.additionalGids ?? []), ...settings.groups];
  addVariables({ ...settings.variables, ...(isGlibc(config.root.path) ? settings.glibcVariables : {}) });
  const { pathEntry } = settings;
  if (pathEntry === null) return;
  config.process.env = config.process.env.map((entry) =>
    entry.startsWith('PATH=') ? `${entry}:${pathEntry}` : entry,
  );
}

function addVariables(variables: Record<string, string>): void {
  const set = new Set(config.process.env.map((entry) => entry.split('=', 1)[0]));
  for (const [name, value] of Object.entries(variables))
    if (!set.has(name)) config.process.env.push(`${name}=${value}`);
}

function isGlibc(root: string): boolean {
  const loaders = readdirSync(root).filter((name) => name.startsWith('lib'));
  return loaders.some((folder) => {
    const path = join(root, folder);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
    return readdirSync(path).some((name) => /^ld-linux.*\.so\..*|^ld64\.so\./.test(name));
  });
}

function setMounts(): void {
  config.mounts = config.mounts.flatMap((mount) => {
    if (mount.type === 'cgroup') return [];
    return [writtenThrough(settings.nested ? mount : shared(mount), settings.context)];
  });
  config.mounts.push(...settings.mounts);
  if (settings.trust !== null) {
    const { mounts, variables } = lendTrust(config, { bundle, authority: settings.trust });
    config.mounts.push(...mounts);
    addVariables(variables);
  }
  // In a user namespace of the build's own there is nothing behind them that could be reached.
  if (settings.nested) config.linux = { ...config.linux, maskedPaths: [], readonlyPaths: [] };
}

/** As in buildah's chroot isolation those of the build's container: new ones could not be mounted with fewer rights. */
function shared(mount: Mount): Mount {
  if (!['/proc', '/sys', '/dev/mqueue'].includes(mount.destination)) return mount;
  const { destination } = mount;
  return { destination, type: 'bind', source: destination, options: ['rbind', 'nosuid', 'nodev', 'noexec'] };
}
