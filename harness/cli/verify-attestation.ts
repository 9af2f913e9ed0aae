import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { type Verified, verifyAttestations } from '../attest/attest.ts';
import { readPublicKey } from '../attest/keys.ts';
import { subjectOf } from '../attest/named.ts';
import { saidBy } from '../attest/predicates.ts';
import { REQUIRABLE, type Required, lacking } from '../attest/require.ts';
import type { Statement } from '../attest/statements.ts';
import { TwinproofError } from '../errors.ts';
import { findRun } from '../record/find-run.ts';
import { escapeText } from '../report/escape.ts';
import { print, tell } from './output.ts';
import { verifiedResult } from './verified-result.ts';
import { type RunOption, addRunOption, givenRun } from './run-option.ts';

export function verifyAttestationCommand(): Command {
  return addRunOption(
    new Command('verify-attestation'),
    'check the statements against this run and its evidence',
  )
    .description('check attestations against a key, offline; with --run also the log and its evidence')
    .argument('<file>', 'what `attest` wrote')
    .requiredOption('--key <file>', 'public key, PEM: Ed25519, ECDSA or RSA')
    .addOption(
      new Option('--require <result>', 'exit 1 unless this is stated of every subject').choices(REQUIRABLE),
    )
    .option('--json', 'print the statements as JSON', false)
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no effect here; for scripts that pass it to every command')
    .action(run);
}

interface Options extends RunOption {
  key: string;
  require?: Required;
  json: boolean;
}

async function run(file: string, options: Options): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TwinproofError('usage', 'could not read it', { where: file, cause });
  });
  const key = await readPublicKey(options.key);
  const given = givenRun(options);
  const folder = given === undefined ? undefined : await findRun(given);
  const verified = await verifyAttestations(text, key, folder, file);
  const { statements, faults, unchecked } = verified;
  const missing = options.require === undefined ? [] : lacking(statements, options.require);
  const required = options.require === undefined ? undefined : { result: options.require, missing };
  if (options.json) print(`${JSON.stringify(verifiedResult(verified, required), null, 2)}\n`);
  else
    print(
      reported(verified, folder !== undefined)
        .map((line) => `${escapeText(line)}\n`)
        .join(''),
    );
  for (const subject of missing) tell(`${escapeText(subject)}: not stated to be ${options.require ?? ''}\n`);
  const unmet = options.require !== undefined && (missing.length > 0 || statements.length === 0);
  process.exitCode = faults.length > 0 || unmet ? 1 : unchecked.length > 0 ? 2 : 0;
}

/** What nothing is wrong with comes first; of the rest nothing is repeated that it claims. */
function reported({ statements, faults, unchecked }: Verified, withRun: boolean): string[] {
  const held = withRun ? '' : ' by their signatures; --run checks them against the run';
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
