import { enableCompileCache } from 'node:module';
import { Command, CommanderError } from 'commander';
import { compiledFolder } from '../setup/cache.mjs';
import { TwinproofError, errorLine } from '../errors.ts';
import { HARNESS_VERSION } from '../version.ts';
import { COMMANDS, loadCommand } from './commands.ts';

// Compiled once, the rest of the program starts in a third of the time; where that cannot be stored it does without.
enableCompileCache(compiledFolder());

// A reader that has gone, as in `| head`, wants no more; what it did not read was not told.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(2);
  throw error;
});

const program = new Command('twinproof')
  .description('rebuilds images twice in isolated containers, compares them, says why they differ')
  .version(HARNESS_VERSION)
  .addHelpText('after', '\nnpx twinproof COMMAND --help has examples and the exit codes of each.')
  .exitOverride();

// The first argument is the command; anything else (help, a typing error) needs to know all of them, but for the version.
const [first = ''] = process.argv.slice(2);
const known = COMMANDS.includes(first) ? [first] : COMMANDS;
const wanted = ['--version', '-V'].includes(first) ? [] : known;

try {
  for (const name of wanted) {
    const command = await loadCommand(name);
    program.addCommand(command.exitOverride());
  }
  await program.parseAsync();
} catch (error) {
  // At once: what was under way when it failed has nobody left to wait for it.
  process.exit(failed(error));
}

/** Prints a failure as one line; 2 stands for "could not be checked" (cli.md). */
function failed(error: unknown): number {
  // Commander has printed its own line; --help and --version are not failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`${errorLine(error)}\n`);
  if (!(error instanceof TwinproofError) && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  return error instanceof TwinproofError && error.code === 'interrupted' ? 130 : 2;
}
