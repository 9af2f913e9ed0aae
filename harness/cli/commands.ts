import type { Command } from 'commander';
import { type CommandNode, treeOf } from './help/tree.ts';
import { withHelp } from './help/with-help.ts';

/** Loaded only when asked for: what one command needs would make the start of every other slower by a second. */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).initCommand(),
  verify: async () => (await import('./verify.ts')).verifyCommand(),
  diff: async () => (await import('./diff.ts')).diffCommand(),
  sbom: async () => (await import('./sbom.ts')).sbomCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(),
  bisect: async () => (await import('./bisect.ts')).bisectCommand(),
  reproduce: async () => (await import('./reproduce.ts')).reproduceCommand(),
  job: async () => (await import('./job.ts')).jobCommand(),
  emit: async () => (await import('./emit.ts')).emitCommand(),
  boot: async () => (await import('./boot.ts')).bootCommand(),
  lock: async () => (await import('./lock.ts')).lockCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  attest: async () => (await import('./attest.ts')).attestCommand(),
  'verify-attestation': async () => (await import('./verify-attestation.ts')).verifyAttestationCommand(),
  audit: async () => (await import('./audit.ts')).auditCommand(),
  replay: async () => (await import('./replay.ts')).replayCommand(),
  gate: async () => (await import('./gate.ts')).gateCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  completion: async () => (await import('./completion.ts')).completionCommand(commandTree),
  clean: async () => (await import('./clean.ts')).cleanCommand(),
};

export const COMMANDS: readonly string[] = Object.keys(LOADERS);

/** @param name one of `COMMANDS` */
export async function loadCommand(name: string): Promise<Command> {
  const load = LOADERS[name];
  if (load === undefined) throw new Error(`there is no command ${name}`);
  return withHelp(await load(), [name]);
}

/** What completion and man pages are made of: all commands, loaded. */
export async function commandTree(): Promise<CommandNode[]> {
  const commands: Command[] = [];
  for (const name of COMMANDS) commands.push(await loadCommand(name));
  return treeOf(commands);
}
