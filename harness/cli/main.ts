import { Command, CommanderError } from 'commander';
import { TwinproofError, errorLine } from '../errors.ts';
import { HARNESS_VERSION } from '../version.ts';
import { cleanCommand } from './clean.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { lockCommand } from './lock.ts';
import { reportCommand } from './report.ts';
import { verifyCommand } from './verify.ts';

const program = new Command('twinproof')
  .description('rebuilds images twice in isolated containers, compares them, says why they differ')
  .version(HARNESS_VERSION)
  .exitOverride();

const commands = [
  verifyCommand(),
  diffCommand(),
  lockCommand(),
  reportCommand(),
  doctorCommand(),
  cleanCommand(),
];
for (const command of commands) program.addCommand(command.exitOverride());

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = failed(error);
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
