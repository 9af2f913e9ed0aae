import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ROOT } from './support.ts';

/** A page of docs/. */
export const page = (name: string): Promise<string> => readFile(join(ROOT, 'docs', name), 'utf8');

/** Commands of a page in their order: whole lines of code, and what jobs run. @param programs what they begin with */
export const commandsOf = (text: string, programs = 'npx twinproof'): string[] =>
  [...text.matchAll(new RegExp(String.raw`^\s+(?:- )?(?:run: )?((?:${programs}) .*)$`, 'gm'))].flatMap(
    ([, command]) => command ?? [],
  );

/** Runs a line as a shell does, in which `npx twinproof` is this checkout. */
export async function shell(
  line: string,
  cwd: string,
  env: Record<string, string> = {},
): Promise<{ exitCode?: number; stdout: string; stderr: string }> {
  const npx = `npx() { shift; '${process.execPath}' '${join(ROOT, 'harness/cli/main.ts')}' "$@"; }`;
  const options = { cwd, reject: false, stdin: 'ignore', env: { NO_COLOR: '1', ...env } } as const;
  return execa('bash', ['-c', `${npx}; ${line}`], options);
}
