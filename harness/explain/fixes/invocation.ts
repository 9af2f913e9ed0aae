import type { ShellCommand, ShellScript, ShellWord } from '../../containerfile/shell.ts';

/** A program that a script runs, whatever runs it: a shell, `env`, `xargs`, `find -exec`. */
export interface Invocation {
  /** Without its folder. */
  name: string;
  program: ShellWord;
  arguments: readonly ShellWord[];
  /** Variables that are set for it alone. */
  set: ReadonlySet<string>;
  command: ShellCommand;
}

/** They run the rest of their words; with options of their own that is not looked into. */
const WRAPPERS = new Set(['env', 'command', 'exec', 'nohup', 'nice', 'sudo', 'ccache', 'busybox']);
const ASSIGNMENT = /^([A-Za-z_]\w*)=/;
/** Short options of xargs that take a value. */
const XARGS_VALUES = /^-[0rtxop]*[nPILsdaE](.*)$/;

/** What a command runs: itself first, then what it runs in turn. */
export function invocationsOf(command: ShellCommand): Invocation[] {
  return run(command.words, { command, set: new Set(command.assignments.map(({ name }) => name)) });
}

export const allInvocations = ({ commands }: Pick<ShellScript, 'commands'>): Invocation[] =>
  commands.flatMap(invocationsOf);

function run(words: readonly ShellWord[], around: Pick<Invocation, 'command' | 'set'>): Invocation[] {
  const [program, ...rest] = words;
  if (program?.literal === null || program === undefined) return [];
  const name = program.literal.replace(/^.*\//, '');
  const found: Invocation = { name, program, arguments: rest, ...around };
  if (WRAPPERS.has(name)) return [found, ...wrapped(rest, around)];
  if (name === 'xargs') return [found, ...run(behindOptions(rest), around)];
  return name === 'find' ? [found, ...executed(rest, around)] : [found];
}

function wrapped(words: readonly ShellWord[], around: Pick<Invocation, 'command' | 'set'>): Invocation[] {
  const set = new Set(around.set);
  for (const [at, { prefix }] of words.entries()) {
    const name = ASSIGNMENT.exec(prefix)?.[1];
    if (name === undefined) return prefix.startsWith('-') ? [] : run(words.slice(at), { ...around, set });
    set.add(name);
  }
  return [];
}

function behindOptions(words: readonly ShellWord[]): readonly ShellWord[] {
  let at = 0;
  for (; words[at]?.prefix.startsWith('-') === true; at++) {
    if (XARGS_VALUES.exec(words[at]?.literal ?? '')?.[1] === '') at += 1;
  }
  return words.slice(at);
}

/** `find … -exec PROGRAM … ;` */
function executed(words: readonly ShellWord[], around: Pick<Invocation, 'command' | 'set'>): Invocation[] {
  const from = words.findIndex(({ literal }) => /^-(?:exec|execdir|ok|okdir)$/.test(literal ?? ''));
  if (from < 0) return [];
  const rest = words.slice(from + 1);
  const end = rest.findIndex(({ literal }) => literal === ';' || literal === '+');
  if (end < 0) return [];
  return [...run(rest.slice(0, end), around), ...executed(rest.slice(end + 1), around)];
}
