// Finds and names programs of this machine. Plain JavaScript without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

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
 * @param {import('./tool-list.mjs').Tool} tool
 * @returns {string | null} full path, under any of its names; of what is no program, the one that found it
 */
export function locateTool({ command, also = [], probe }) {
  if (probe === undefined) return [command, ...also].map(findTool).find((path) => path !== null) ?? null;
  const [file = '', ...rest] = probe;
  return spawnSync(file, rest, { stdio: 'ignore' }).status === 0 ? file : null;
}

/**
 * The command that installs packages on this machine, or null where we do not know one.
 * @param {import('./tool-list.mjs').Tool[]} tools
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
