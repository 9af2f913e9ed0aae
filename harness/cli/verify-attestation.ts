import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { verifyAttestations } from '../attest/attest.ts';
import { readPublicKey } from '../attest/dsse.ts';
import { TwinproofError } from '../errors.ts';
import { escapeText } from '../report/escape.ts';
import { print } from './output.ts';

export function verifyAttestationCommand(): Command {
  return new Command('verify-attestation')
    .description('check attestations against a key, offline; with --results also the log and its evidence')
    .argument('<file>', 'what twinproof attest wrote')
    .requiredOption('--key <file>', 'public key, PEM: Ed25519 or ECDSA P-256')
    .option('--results <dir>', 'the run that was attested')
    .option('--json', 'print the statements as JSON', false)
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no effect here; for scripts that pass it to every command')
    .action(run);
}

async function run(file: string, options: { key: string; results?: string; json: boolean }): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TwinproofError('usage', 'could not read it', { where: file, cause });
  });
  const { statements, faults } = await verifyAttestations(
    text,
    await readPublicKey(options.key),
    options.results,
  );
  if (options.json) print(`${JSON.stringify({ statements, faults }, null, 2)}\n`);
  else {
    for (const { subject, predicateType, predicate } of statements) {
      const [attribute] = (predicate.attributes ?? []) as { attribute: string }[];
      const result = JSON.stringify(predicate.result ?? attribute?.attribute ?? '?');
      print(
        `${escapeText(result.replaceAll('"', ''))} ${escapeText(subject.map(({ name }) => name).join(', '))} (${predicateType})\n`,
      );
    }
    for (const fault of faults) print(`wrong: ${escapeText(fault)}\n`);
    if (faults.length === 0) print(`${statements.length} attestations verified\n`);
  }
  process.exitCode = faults.length === 0 ? 0 : 1;
}
