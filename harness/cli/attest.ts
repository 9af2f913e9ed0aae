import { Command } from 'commander';
import { attestRun } from '../attest/attest.ts';
import { readPrivateKey } from '../attest/dsse.ts';
import { print } from './output.ts';
import { writeWhole } from './write-files.ts';

export function attestCommand(): Command {
  return new Command('attest')
    .description('sign what a run found, failures too: in-toto statements, one DSSE envelope a line')
    .argument('<results>', 'run folder')
    .requiredOption('--key <file>', 'private key, PEM: Ed25519 or ECDSA P-256')
    .option('--out <path>', 'write to this file instead of standard output')
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no effect here; for scripts that pass it to every command')
    .action(async (results: string, options: { key: string; out?: string }) => {
      const text = await attestRun(results, await readPrivateKey(options.key));
      if (options.out === undefined) print(text);
      else await writeWhole(options.out, text);
    });
}
