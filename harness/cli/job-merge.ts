import { Command } from 'commander';
import type { SubjectQuorum } from '../attest/quorum.ts';
import { TwinproofError } from '../errors.ts';
import { escapeText } from '../report/escape.ts';
import { mergeJob } from '../run/jobs/merge.ts';
import { signedQuorum, writeQuorum } from '../run/jobs/quorum.ts';
import { collect } from './options.ts';
import { tell } from './output.ts';
import { printRun } from './print-run.ts';

interface Options {
  results: string;
  attestations: string[];
  key: string[];
  json: boolean;
  color: boolean;
}

/** `twinproof job merge`: exit codes as those of verify. */
export function jobMergeCommand(): Command {
  return new Command('merge')
    .description('one run folder of the runs that judge jobs, shards or hosts left, with all evidence')
    .argument('<runs...>', 'run folders or their run.jsonl')
    .option('--results <dir>', 'folder for run folders', 'results/runs')
    .option('--attestations <file>', 'what signs one of the runs (repeatable)', collect, [])
    .option('--key <file>', 'public key of somebody who signed them (repeatable)', collect, [])
    .option('--json', 'print the summary as JSON', false)
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no colours')
    .action(run);
}

async function run(runs: string[], options: Options): Promise<void> {
  const { attestations, key: keys } = options;
  if (keys.length > 0 !== attestations.length > 0) {
    throw new TwinproofError('usage', '--attestations and --key go together', {
      hint: 'name what was signed, and the public keys of those who did',
    });
  }
  // Before anything is written: what is signed wrongly is not merged.
  const quorum = attestations.length === 0 ? null : await signedQuorum(runs, { attestations, keys });
  const { folder, summary } = await mergeJob(runs, options.results);
  if (quorum !== null) {
    await writeQuorum(folder, quorum);
    for (const subject of quorum) tell(`${escapeText(quorumLine(subject))}\n`);
  }
  printRun(folder, summary, options);
}

function quorumLine({ subject, quorum, image }: SubjectQuorum): string {
  const keys = `${quorum} key${quorum === 1 ? '' : 's'}`;
  return image === null ? `quorum: ${subject}: none` : `quorum: ${subject}: ${keys} for image ${image}`;
}
