import { execa } from 'execa';
import type { Askable } from './address.ts';

/** Of one command. A server that sends nothing for a minute is given up earlier. */
const MINUTES = 15;
/** Of one file, such as a pack, in units of 512 bytes: 8 GiB. */
const LARGEST = (8 * 1024 ** 3) / 512;

/** No credentials, no programs, no settings of this machine: what a repository names decides nothing here. */
const CONFIG = [
  'credential.helper=',
  'core.askPass=',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.symlinks=true',
  'core.quotePath=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'http.followRedirects=false',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=60',
  'http.emptyAuth=false',
  'init.defaultBranch=main',
  'advice.detachedHead=false',
];

const KEPT = /^(?:PATH|(?:https?|no|all)_proxy|SSL_CERT_(?:FILE|DIR)|GIT_SSL_CA(?:INFO|PATH))$/i;

const OWN_SETTINGS = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_ATTR_NOSYSTEM: '1' };

function environment(mayAsk: 'http' | 'file' | 'nobody', home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    // The other repository is the user's own there, and so are the settings that say whether it may be read.
    ...(mayAsk === 'file' ? { HOME: process.env.HOME } : { ...OWN_SETTINGS, HOME: home }),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: { http: 'http:https', file: 'file', nobody: '' }[mayAsk],
  };
}

export type GitAnswer = { output: string } | { fault: string };

/**
 * Runs git in a folder of our own.
 * @param from whom it may ask: a repository at an address that was looked at, one on this machine, or nobody
 * @param input of its standard input
 * @returns standard output, or one line that says why it failed
 */
export async function ownGit(
  folder: string,
  args: readonly string[],
  from: Askable | 'file' | 'nobody' = 'nobody',
  input = '',
): Promise<GitAnswer> {
  const isRemote = typeof from === 'object';
  const config = [...CONFIG, ...(isRemote ? pinned(from) : [])].flatMap((setting) => ['-c', setting]);
  const words = ['git', '--no-pager', '--literal-pathspecs', ...config, ...args];
  // Files of a checkout have the same modes wherever it is made.
  const script = `umask 022; ulimit -f ${LARGEST}; exec "$@"`;
  const result = await execa('sh', ['-c', script, 'sh', ...words], {
    cwd: folder,
    env: environment(isRemote ? 'http' : from, folder),
    extendEnv: false,
    input,
    reject: false,
    stripFinalNewline: false,
    timeout: MINUTES * 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!result.failed) return { output: result.stdout };
  if (result.exitCode === 127) return { fault: 'git is not installed' };
  if (result.timedOut) return { fault: `git did not end within ${MINUTES} minutes` };
  if (result.isMaxBuffer) return { fault: 'git said too much' };
  const lines = result.stderr.trim().split('\n');
  const line = lines.find((one) => /^(?:fatal|error):/.test(one)) ?? lines[0] ?? '';
  return { fault: line === '' ? `git ended with exit code ${result.exitCode ?? 'unknown'}` : line.trim() };
}

/** The name leads where it led when it was looked at (git 2.38 and later). */
function pinned({ url, address }: Askable): string[] {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === address) return [];
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return [`http.curloptResolve=${host}:${port}:${address.includes(':') ? `[${address}]` : address}`];
}
