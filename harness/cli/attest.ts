import { Command } from 'commander';
import { attestRunInBoth } from '../attest/attest.ts';
import { readPrivateKey } from '../attest/keys.ts';
import { print } from './output.ts';
import { writeFolder, writeWhole } from './write-files.ts';

interface Options {
  key: string;
  out?: string;
  bundles?: string;
}

export function attestCommand(): Command {
  return new Command('attest')
    .description('sign what a run found, failures too: in-toto statements, one DSSE envelope a line')
    .argument('<results>', 'run folder')
    .requiredOption('--key <file>', 'private key, PEM: Ed25519 or ECDSA P-256')
    .option('--out <path>', 'write to this file instead of standard output')
    .option('--bundles <dir>', 'also write each as a Sigstore bundle into this folder')
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no effect here; for scripts that pass it to every command')
    .action(async (results: string, options: Options) => {
      const { lines, bundles } = await attestRunInBoth(results, await readPrivateKey(options.key));
      if (options.bundles !== undefined) await writeFolder(options.bundles, bundles);
      if (options.out === undefined) print(lines);
      else await writeWhole(options.out, lines);
    });
}
