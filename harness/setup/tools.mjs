// What a machine needs besides Node. Plain JavaScript without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} Tool
 * @property {string} command
 * @property {string[]} [also] other names that it has
 * @property {string} apt package in Debian
 * @property {string | null} dnf package in Fedora; null where it has none, and tests that want it are skipped
 * @property {'engine' | 'tools' | 'boot' | 'arm64'} group which set-up asks for it; `boot` for operating systems only
 * @property {string} why
 * @property {string[]} [probe] a command that ends with 0 where it is there, for what is no program
 */

/** @type {Tool[]} */
export const TOOLS = [
  { command: 'git', apt: 'git', dnf: 'git', group: 'engine', why: 'source dates and --changed-since' },
  {
    command: 'dockerd',
    apt: 'docker.io',
    dnf: 'moby-engine',
    group: 'engine',
    why: 'runs the builds in isolated containers',
  },
  { command: 'tar', apt: 'tar', dnf: 'tar', group: 'tools', why: 'tests compare our tar reader with it' },
  {
    command: 'skopeo',
    apt: 'skopeo',
    dnf: 'skopeo',
    group: 'tools',
    why: 'tests compare our image reader with it',
  },
  {
    command: 'umoci',
    apt: 'umoci',
    dnf: 'umoci',
    group: 'tools',
    why: 'tests compare our merged tree with it',
  },
  {
    command: 'docker-registry',
    also: ['registry'],
    apt: 'docker-registry',
    dnf: 'docker-distribution',
    group: 'tools',
    why: 'tests read images from it',
  },
  {
    command: 'htpasswd',
    apt: 'apache2-utils',
    dnf: 'httpd-tools',
    group: 'tools',
    why: 'tests give the registry a password',
  },
  { command: 'openssl', apt: 'openssl', dnf: 'openssl', group: 'tools', why: 'tests make certificates' },
  {
    command: 'bsdtar',
    apt: 'libarchive-tools',
    dnf: 'bsdtar',
    group: 'tools',
    why: 'tests compare our tar reader with it',
  },
  {
    command: 'python3',
    apt: 'python3',
    dnf: 'python3',
    group: 'tools',
    why: 'tests compare our tar reader with its tarfile',
  },
  {
    command: 'igzip',
    apt: 'isal',
    dnf: 'isa-l-tools',
    group: 'tools',
    why: 'the benchmark measures against it',
  },
  {
    command: 'diffoscope',
    apt: 'diffoscope-minimal',
    dnf: 'diffoscope',
    group: 'tools',
    why: 'the benchmark measures against it',
  },
  { command: 'gcc', apt: 'gcc', dnf: 'gcc', group: 'tools', why: 'tests look inside what it writes' },
  {
    command: 'ar',
    apt: 'binutils',
    dnf: 'binutils',
    group: 'tools',
    why: 'tests look inside what it writes',
  },
  {
    command: 'readelf',
    apt: 'binutils',
    dnf: 'binutils',
    group: 'tools',
    why: 'tests compare our ELF reader with it',
  },
  { command: 'zip', apt: 'zip', dnf: 'zip', group: 'tools', why: 'tests look inside what it writes' },
  {
    command: 'mke2fs',
    apt: 'e2fsprogs',
    dnf: 'e2fsprogs',
    group: 'tools',
    why: 'tests look inside what it writes',
  },
  { command: 'rpm', apt: 'rpm', dnf: 'rpm', group: 'tools', why: 'tests compare our version order with it' },
  {
    command: 'dpkg',
    apt: 'dpkg',
    dnf: 'dpkg',
    group: 'tools',
    why: 'tests compare our version order with it',
  },
  {
    command: 'dpkg-deb',
    apt: 'dpkg',
    dnf: 'dpkg',
    group: 'tools',
    why: 'tests resolve locks against packages that it makes',
  },
  {
    command: 'unshare',
    apt: 'util-linux',
    dnf: 'util-linux',
    group: 'tools',
    why: 'tests fill a disk that only they see',
  },
  {
    command: 'qemu-system-x86_64',
    apt: 'qemu-system-x86',
    dnf: 'qemu-system-x86-core',
    group: 'boot',
    why: 'runs operating systems in virtual machines',
  },
  { command: 'qemu-img', apt: 'qemu-utils', dnf: 'qemu-img', group: 'boot', why: 'overlays of disks' },
  {
    command: 'setpriv',
    apt: 'util-linux',
    dnf: 'util-linux',
    group: 'boot',
    why: 'takes from virtual machines what they do not need',
  },
  {
    command: 'debugfs',
    apt: 'e2fsprogs',
    dnf: 'e2fsprogs',
    group: 'boot',
    why: 'reads kernels from disks without mounting them',
  },
  {
    command: 'mtype',
    apt: 'mtools',
    dnf: 'mtools',
    group: 'boot',
    why: "reads boot loaders' entries from disks without mounting them",
  },
  {
    command: 'fsck.fat',
    apt: 'dosfstools',
    dnf: 'dosfstools',
    group: 'boot',
    why: 'looks what a power cut left of a file system that firmware reads',
  },
  {
    command: 'sfdisk',
    apt: 'fdisk',
    dnf: 'util-linux',
    group: 'boot',
    why: 'reads the partitions of a disk',
  },
  {
    command: 'ssh',
    apt: 'openssh-client',
    dnf: 'openssh-clients',
    group: 'boot',
    why: 'reaches systems on disks that open no other shell',
  },
  {
    command: 'ssh-keygen',
    apt: 'openssh-client',
    dnf: 'openssh',
    group: 'boot',
    why: 'makes a key for such a system',
  },
  {
    command: 'OVMF',
    apt: 'ovmf',
    dnf: 'edk2-ovmf',
    group: 'boot',
    why: 'starts operating systems by their own boot loaders',
    probe: [
      '/bin/sh',
      '-c',
      'test -r /usr/share/OVMF/OVMF_CODE_4M.fd || test -r /usr/share/edk2/ovmf/OVMF_CODE.fd',
    ],
  },
  {
    command: 'qemu-system-aarch64',
    apt: 'qemu-system-arm',
    dnf: 'qemu-system-aarch64-core',
    group: 'arm64',
    why: 'starts disks that are for arm64',
  },
  {
    command: 'AAVMF',
    apt: 'qemu-efi-aarch64',
    dnf: 'edk2-aarch64',
    group: 'arm64',
    why: 'starts disks that are for arm64',
    probe: [
      '/bin/sh',
      '-c',
      'test -r /usr/share/AAVMF/AAVMF_CODE.fd || test -r /usr/share/edk2/aarch64/QEMU_EFI-pflash.raw',
    ],
  },
  {
    command: 'rpmbuild',
    apt: 'rpm',
    dnf: 'rpm-build',
    group: 'tools',
    why: 'tests resolve locks against packages that it makes',
  },
  {
    command: 'createrepo_c',
    apt: 'createrepo-c',
    dnf: 'createrepo_c',
    group: 'tools',
    why: 'tests resolve locks against a repository that it makes',
  },
  {
    command: 'chromium',
    apt: 'chromium',
    dnf: 'chromium',
    group: 'tools',
    why: 'tests open our reports in it',
  },
  {
    command: 'python3-prometheus-client',
    apt: 'python3-prometheus-client',
    dnf: 'python3-prometheus_client',
    group: 'tools',
    why: 'tests read our metrics with it',
    probe: ['/usr/bin/python3', '-c', 'import prometheus_client.openmetrics.parser'],
  },
];

/**
 * @param {string} command
 * @returns {string | null} full path
 */
export function findTool(command) {
  // Daemons live in sbin, which is not on every user's PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    try {
      const path = join(folder, command);
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** @returns {'apt' | 'dnf' | null} */
export function packageManager() {
  if (findTool('apt-get') !== null) return 'apt';
  return findTool('dnf') === null ? null : 'dnf';
}

/**
 * @param {Tool} tool
 * @returns {string | null} full path, under any of its names; of what is no program, the one that found it
 */
export function locateTool({ command, also = [], probe }) {
  if (probe === undefined) return [command, ...also].map(findTool).find((path) => path !== null) ?? null;
  const [file = '', ...rest] = probe;
  return spawnSync(file, rest, { stdio: 'ignore' }).status === 0 ? file : null;
}

/**
 * The command that installs packages on this machine, or null where we do not know one.
 * @param {Tool[]} tools
 * @returns {string[] | null}
 */
export function installCommand(tools) {
  const manager = packageManager();
  if (manager === null || tools.length === 0) return null;
  const packages = [...new Set(tools.flatMap((tool) => tool[manager] ?? []))];
  if (packages.length === 0) return null;
  return manager === 'apt'
    ? ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages]
    : ['dnf', 'install', '--assumeyes', '--setopt=install_weak_deps=False', ...packages];
}

/** Whether systemd runs this machine, so that services are started through it. */
export function hasSystemd() {
  try {
    return readFileSync('/proc/1/comm', 'utf8').trim() === 'systemd';
  } catch {
    return false;
  }
}

/** The command that starts Docker Engine here. */
export function startCommand() {
  return hasSystemd() ? ['systemctl', 'start', 'docker'] : ['dockerd'];
}
