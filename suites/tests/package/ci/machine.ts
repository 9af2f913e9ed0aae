import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

export interface Outcome {
  exitCode: number;
  /** Standard output and error as they came. */
  text: string;
}

/** Environment of a machine that installs global npm packages into a folder of its own. Nothing of our own npm is in it. */
export function machineEnv(folder: string): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|INIT_CWD)/i.test(name));
  const path = [join(folder, 'global/bin'), process.env.PATH ?? ''].join(delimiter);
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    PATH: path,
    npm_config_prefix: join(folder, 'global'),
    npm_config_prefer_offline: 'true',
  };
}

/** Runs a script as its first line says. */
export async function runScript(
  script: string,
  { cwd, env, file, args = [] }: { cwd: string; env: Record<string, string>; file: string; args?: string[] },
): Promise<Outcome> {
  await writeFile(file, script, { mode: 0o755 });
  const options = { cwd, env, extendEnv: false, reject: false, stdin: 'ignore', all: true } as const;
  const { exitCode, all } = await execa(file, args, options);
  return { exitCode: exitCode ?? -1, text: `${all}\n` };
}

/** Replaces what `pattern` finds by what `known` says of its first group; what is not known is an error. */
export const substituted = (
  text: string,
  pattern: RegExp,
  known: (name: string) => string | undefined,
): string =>
  text.replace(pattern, (whole, name: string) => {
    const value = known(name.trim());
    if (value === undefined) throw new Error(`the snippet holds ${whole}, which this test does not know`);
    return value;
  });

/** Set-up fills a machine once; jobs that follow on it find it filled. */
export const withoutSetUp = (script: string): string =>
  script
    .split('\n')
    .filter((line) => !/^\s*(git clone|npm|rm) /.test(line))
    .join('\n');
