import type { Edit } from '../../containerfile/run-scripts.ts';
import type { ShellScript, ShellWord } from '../../containerfile/shell.ts';
import { type Invocation, allInvocations } from './invocation.ts';

/**
 * What can be done to a recipe without a decision, for one cause. `does` says it in a few words, for the documentation and
 * for people who had it done.
 */
export type Rewrite =
  /** A variable of the stage, set behind its FROM unless one before its first RUN sets it. */
  | {
      kind: 'variable';
      does: string;
      instruction: string;
      name: string;
      when?: (invocation: Invocation) => boolean;
    }
  /** Edits of what RUN instructions have a shell run. */
  | { kind: 'shell'; does: string; edits: (script: ShellScript, set: ReadonlySet<string>) => Edit[] }
  /** The file goes, in the instruction that made it; `one-sided` where only one image has it. */
  | { kind: 'remove'; does: string; only?: 'one-sided' }
  /** The file goes, or stays without content where it must be there. */
  | { kind: 'empty'; does: string };

export const insert = (at: number, text: string): Edit => ({ start: at, end: at, text });
export const replace = ({ start, end }: Pick<ShellWord, 'start' | 'end'>, text: string): Edit => ({
  start,
  end,
  text,
});
/** Behind the name of the program, before all that it is given. */
export const addOption = ({ program }: Invocation, text: string): Edit[] => [insert(program.end, ` ${text}`)];

/** Edits of the programs whose name fits. @param edits given also the variables that the stage sets */
export const program = (
  name: RegExp,
  does: string,
  edits: (invocation: Invocation, set: ReadonlySet<string>) => Edit[],
): Rewrite => ({
  kind: 'shell',
  does,
  edits: (script, set) =>
    allInvocations(script)
      .filter((invocation) => name.test(invocation.name))
      .flatMap((invocation) => edits(invocation, new Set([...set, ...exported(script), ...invocation.set]))),
});

/** Another program in the place of one, with nothing of what that was given. */
export const instead = ({ program: word, arguments: rest }: Invocation, text: string): Edit[] => [
  replace(word, text),
  ...rest.map(({ start, end }) => ({ start: start - 1, end, text: '' })),
];

/** A variable for one command; it comes before the words of the shell's simple command. */
export const setFor = ({ command }: Invocation, text: string): Edit[] => [insert(command.start, `${text} `)];

/** Variables that a script sets for all that comes. */
export const exported = ({ commands }: ShellScript): string[] =>
  commands.flatMap(({ assignments, words }) => {
    if (words.length === 0) return assignments.map(({ name }) => name);
    if (words[0]?.literal !== 'export' && words[0]?.literal !== 'declare') return [];
    return words.slice(1).flatMap(({ prefix }) => /^(\w+)=/.exec(prefix)?.[1] ?? []);
  });
