import type { Command } from 'commander';
import { type About, ABOUT, GROUPS } from './about.ts';

/** How the command is called everywhere: in help, messages and documentation. */
export const PROGRAM = 'npx twinproof';

/** A command with its group, examples and exit codes in its help, and so those below it. @param path its name behind those above it */
export function withHelp(command: Command, path: readonly string[]): Command {
  const about = ABOUT[path.join(' ')];
  if (about !== undefined) {
    command.helpGroup(GROUPS[about.group]);
    command.addHelpText('after', `\n${helpText(about)}`);
  }
  for (const below of command.commands) withHelp(below, [...path, below.name()]);
  return command;
}

const TWO = 'something could not be checked: bad input, or something is missing';

/** Exit codes with what they mean. */
export function exitCodes({ exits: [zero, one], two = TWO }: About): [code: number, meaning: string][] {
  return [[0, zero], ...(one === null ? [] : ([[1, one]] as [number, string][])), [2, two]];
}

function helpText(about: About): string {
  return [
    'Examples:',
    ...about.examples.map((example) => `  ${PROGRAM} ${example}`),
    '',
    'Exit codes:',
    ...exitCodes(about).map(([code, meaning]) => `  ${code}  ${meaning}`),
  ].join('\n');
}
