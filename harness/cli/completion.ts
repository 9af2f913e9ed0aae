import { Argument, Command } from 'commander';
import { type Shell, SHELLS, completionScript } from './help/completion.ts';
import type { CommandNode } from './help/tree.ts';
import { print } from './output.ts';

/** `twinproof completion SHELL`. @param tree all commands, and so this one */
export function completionCommand(tree: () => Promise<CommandNode[]>): Command {
  return new Command('completion')
    .description('print a script with which a shell completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no effect here; for scripts that pass it to every command')
    .action(async (shell: Shell) => {
      print(completionScript(shell, await tree()));
    });
}
