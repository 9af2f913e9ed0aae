import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { lchown, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { TOOLS } from '../../setup/tool-list.mjs';
import { findTool, installCommand } from '../../setup/tools.mjs';
import { lastWords } from '../guest/words.ts';

/** `nobody` by number, which every distribution agrees on: what root starts on a guest's behalf runs as this user. */
const NOBODY = 65_534;

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * The path of a tool that this machine must have for OS subjects.
 * @throws TwinproofError `unsupported` with the command that installs it
 */
export function bootTool(command: string): string {
  const path = findTool(command);
  if (path !== null) return path;
  const tool = TOOLS.filter((candidate) => candidate.command === command);
  throw new TwinproofError('unsupported', `${command} is not installed`, {
    hint: installCommand(tool)?.join(' ') ?? `install ${command}`,
  });
}

/** Hands a file or folder to the user that confined programs run as. */
export async function handOver(path: string): Promise<void> {
  if (isRoot()) await lchown(path, NOBODY, NOBODY);
}

/** Makes an empty file for it in a folder, also in place of what lies there. @returns its name */
export async function handOverEmpty(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await rm(path, { force: true });
  await writeFile(path, '', { flag: 'wx' });
  await handOver(path);
  return name;
}

/**
 * Starts a program with as little as it needs: as an ordinary user also where we are root, without capabilities or a
 * way to gain any, and ended by the kernel when we end, however that happens (prctl(2), PR_SET_PDEATHSIG).
 * @param cwd given to it open, as its own folder: it need not be able to walk there
 * @param groups numbers of groups it keeps, for devices
 */
export function spawnConfined(
  [command = '', ...args]: string[],
  { cwd, stdio, groups = [] }: { cwd: string; stdio: StdioOptions; groups?: number[] },
): ChildProcess {
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--bounding-set=-all'];
  const kept = groups.length === 0 ? '--clear-groups' : `--groups=${groups.join(',')}`;
  const options = [
    ...(isRoot() ? [...user, kept] : []),
    '--inh-caps=-all',
    '--no-new-privs',
    '--pdeathsig=KILL',
  ];
  return spawn(bootTool('setpriv'), [...options, '--', bootTool(command), ...args], {
    cwd,
    stdio,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  });
}

/** The group that may use a device file, where it is the group that may. */
export async function groupOf(device: string): Promise<number[]> {
  const info = await stat(device).catch(() => null);
  return info !== null && (info.mode & 0o060) === 0o060 ? [info.gid] : [];
}

/**
 * Runs a program to its end.
 * @param accept exit codes that are no failure
 * @returns its exit code, and what it wrote: to stdout at most `limit` bytes, to stderr its last words on one line
 * @throws TwinproofError `internal` with its last words when it fails, `timeout`
 */
export async function runConfined(
  command: string[],
  {
    cwd,
    timeout = 60_000,
    limit = 2 ** 20,
    accept = [0],
  }: { cwd: string; timeout?: number; limit?: number; accept?: number[] | 'any' },
): Promise<{ code: number; stdout: Buffer; words: string }> {
  const child = spawnConfined(command, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = collect(child.stdout, limit);
  const err = collect(child.stderr, 4096);
  const late = AbortSignal.timeout(timeout);
  late.addEventListener('abort', () => child.kill('SIGKILL'));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const name = command[0] ?? '';
  if (code === null && late.aborted)
    throw new TwinproofError('timeout', `${name} did not end within ${timeout / 1000} s`);
  const words = lastWords(Buffer.concat(err).toString('utf8'), 300);
  if (code !== null && (accept === 'any' || accept.includes(code)))
    return { code, stdout: Buffer.concat(out), words };
  throw new TwinproofError('internal', `${name} failed: ${words}`);
}

function collect(stream: NodeJS.ReadableStream | null, limit: number): Buffer[] {
  const pieces: Buffer[] = [];
  let left = limit;
  stream?.on('data', (piece: Buffer) => {
    if (left <= 0) return;
    pieces.push(piece.subarray(0, left));
    left -= piece.length;
  });
  return pieces;
}
