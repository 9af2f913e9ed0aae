import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type Verified, verifyAttestations } from '../attest/attest.ts';
import { readPublicKey } from '../attest/keys.ts';
import { subjectOf } from '../attest/named.ts';
import { saidBy } from '../attest/predicates.ts';
import type { Statement } from '../attest/statements.ts';
import { TwinproofError } from '../errors.ts';
import { escapeText } from '../report/escape.ts';
import { print } from './output.ts';

export function verifyAttestationCommand(): Command {
  return new Command('verify-attestation')
    .description('check attestations against a key, offline; with --results also the log and its evidence')
    .argument('<file>', 'what twinproof attest wrote')
    .requiredOption('--key <file>', 'public key, PEM: Ed25519, ECDSA or RSA')
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
  const key = await readPublicKey(options.key);
  const verified = await verifyAttestations(text, key, options.results, file);
  const { statements, faults, unchecked } = verified;
  if (options.json) print(`${JSON.stringify({ statements, faults, unchecked }, null, 2)}\n`);
  else
    print(
      reported(verified, options.results !== undefined)
        .map((line) => `${escapeText(line)}\n`)
        .join(''),
    );
  process.exitCode = faults.length > 0 ? 1 : unchecked.length > 0 ? 2 : 0;
}

/** What nothing is wrong with comes first; of the rest nothing is repeated that it claims. */
function reported({ statements, faults, unchecked }: Verified, withRun: boolean): string[] {
  const held = withRun ? '' : ' by their signatures; --results checks them against the run';
  return [
    ...statements.map(line),
    ...faults.map((fault) => `wrong: ${fault}`),
    ...unchecked.map((reason) => `not checked: ${reason}`),
    ...(faults.length + unchecked.length === 0 ? [`${statements.length} attestations verified${held}`] : []),
  ];
}

function line(statement: Statement): string {
  const { subject, predicateType, predicate } = statement;
  const about = subjectOf(statement);
  const names = subject.map(({ name, digest }) => name ?? digest?.sha256 ?? '');
  // Where nothing was built the log is what it is about, and does not tell of which image.
  const whose = names.some((name) => name.startsWith(about)) ? '' : `${about}: `;
  return `${saidBy(predicateType, predicate).join(', ')} ${whose}${names.join(', ')} (${predicateType})`;
}
