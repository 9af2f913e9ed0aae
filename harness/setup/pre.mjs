// Makes a fresh machine ready, then gets out of the way: `node harness/setup/pre.mjs [engine] [tools]`.
// Runs on Node 18 and later without any dependency. Running it again costs a fraction of a second.
import { spawn, spawnSync } from 'node:child_process';
import { openSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { deniedSocket, findEngine } from './sockets.mjs';
import { TOOLS } from './tool-list.mjs';
import { findTool, installCommand, locateTool, packageManager, startCommand } from './tools.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const asked = process.argv.slice(2);

installPackages();
if (asked.length > 0) await installTools();
if (asked.includes('engine')) await startEngine();

/** `npm ci` when the installed packages are not those of package-lock.json. */
function installPackages() {
  const age = (/** @type {string} */ path) =>
    statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (age('node_modules/.package-lock.json') >= age('package-lock.json')) return;
  say('installing npm packages');
  const npm = process.env['npm_execpath'];
  const command = npm === undefined ? ['npm'] : [process.execPath, npm];
  run([...command, 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

async function installTools() {
  const engine = await findEngine();
  // A user's running engine, whichever it is, is used as it is.
  const manager = packageManager();
  const needed = TOOLS.filter(
    (tool) =>
      asked.includes(tool.group) &&
      !(tool.command === 'dockerd' && engine !== null) &&
      // Fedora does not have all that tests can make use of.
      (manager === null || tool[manager] !== null),
  );
  const missing = needed.filter((tool) => locateTool(tool) === null);
  if (missing.length === 0) return;
  say(`missing: ${missing.map(({ command, why }) => `${command} (${why})`).join(', ')}`);
  const install = installCommand(missing);
  if (install === null) stop('install them with the package manager of this system, then try again');
  if (manager === 'apt') runAsRoot(['apt-get', 'update', '--quiet']);
  runAsRoot(install);
}

async function startEngine() {
  if ((await findEngine()) !== null) return;
  stopIfDenied();
  const start = startCommand();
  const log = join(tmpdir(), `twinproof-dockerd-${process.pid}.log`);
  say(`starting a container engine: ${start.join(' ')}`);
  if (start[0] === 'dockerd') startDaemon(log);
  else runAsRoot(start);
  for (let tries = 0; tries < 120; tries += 1) {
    if ((await findEngine()) !== null) return;
    stopIfDenied();
    await setTimeout(500);
  }
  stop(
    `no container engine answers after a minute; its log: ${start[0] === 'dockerd' ? log : 'journalctl -u docker'}`,
  );
}

/** An engine that was started through sudo answers its group only, and a new member has to log in again. */
function stopIfDenied() {
  const socket = deniedSocket();
  if (socket === null) return;
  const join = ['usermod', '--append', '--groups', 'docker', userInfo().username];
  stop(`you may not use ${socket}; run this as root, log in again, then try again`, join);
}

/** @param {string} log */
function startDaemon(log) {
  const output = openSync(log, 'a');
  const [command = '', ...rest] = asRoot(['dockerd']);
  spawn(command, rest, { detached: true, stdio: ['ignore', output, output] }).unref();
}

/** @param {string[]} command */
function asRoot(command) {
  if (process.getuid?.() === 0) return command;
  if (findTool('sudo') !== null) return ['sudo', '--non-interactive', ...command];
  return stop('this needs root; run these commands as root, then try again', command);
}

/** @param {string[]} command */
function runAsRoot(command) {
  run(asRoot(command), command);
}

/**
 * @param {string[]} command
 * @param {string[]} [shown] what the user may run by hand instead
 */
function run(command, shown = command) {
  const [file = '', ...rest] = command;
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // What set-up prints goes to stderr: stdout belongs to results.
  const { status, error } = spawnSync(file, rest, { cwd: root, stdio: ['ignore', 2, 2], env: environment });
  if (status !== 0)
    stop(`failed${error === undefined ? '' : ` (${error.message})`}; run it by hand, then try again`, shown);
}

/**
 * @param {string} message
 * @param {string[]} [command]
 * @returns {never}
 */
function stop(message, command) {
  say(message);
  if (command !== undefined) console.error(`    ${command.join(' ')}`);
  process.exit(2);
}

/** @param {string} message */
function say(message) {
  console.error(`twinproof set-up: ${message}`);
}
