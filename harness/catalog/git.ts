import { execa } from 'execa';

/** Config that keeps a repository's own settings from running programs or changing what is printed. */
const CONFIG = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'log.showSignature=false',
  'core.quotePath=false',
];

/** The environment without `GIT_*`, which would point git at another repository, and with English messages. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
}

/**
 * Runs git, reading only; paths in the arguments are taken literally.
 * @returns standard output, or one line that says why it failed
 */
export async function git(
  folder: string,
  args: readonly string[],
): Promise<{ output: string } | { fault: string }> {
  const config = CONFIG.flatMap((setting) => ['-c', setting]);
  const result = await execa('git', ['--no-pager', '--literal-pathspecs', ...config, ...args], {
    cwd: folder,
    env: environment(),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!result.failed) return { output: result.stdout };
  if (result.code === 'ENOENT') return { fault: 'git is not installed' };
  if (result.timedOut) return { fault: 'git did not answer within a minute' };
  if (result.isMaxBuffer) return { fault: 'git said too much' };
  const [line = ''] = result.stderr.trim().split('\n');
  return { fault: line === '' ? `git ended with exit code ${result.exitCode ?? 'unknown'}` : line };
}

/**
 * Commit time of the last commit that touched a folder, in seconds since 1970. Changes that are not committed do not
 * count. In a shallow clone, the oldest commit there is counts as having touched everything.
 */
export async function lastCommitTime(folder: string): Promise<{ seconds: number } | { fault: string }> {
  const result = await git(folder, ['log', '-1', '--format=%ct', '--', folder]);
  if ('fault' in result) return result;
  const seconds = Number(result.output.trim());
  if (result.output.trim() === '') return { fault: 'no commit has touched it yet' };
  return Number.isSafeInteger(seconds) && seconds >= 0
    ? { seconds }
    : { fault: 'its last commit has no sensible time' };
}
