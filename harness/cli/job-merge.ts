import { Command } from 'commander';
import { mergeJob } from '../run/jobs/merge.ts';
import { printRun } from './print-run.ts';

interface Options {
  results: string;
  json: boolean;
  color: boolean;
}

/** `twinproof job merge`: exit codes as those of verify. */
export function jobMergeCommand(): Command {
  return new Command('merge')
    .description('one run folder of the runs that judge jobs, shards or hosts left, with all evidence')
    .argument('<runs...>', 'run folders or their run.jsonl')
    .option('--results <dir>', 'folder for run folders', 'results/runs')
    .option('--json', 'print the summary as JSON', false)
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no colours')
    .action(async (runs: string[], options: Options) => {
      const { folder, summary } = await mergeJob(runs, options.results);
      printRun(folder, summary, options);
    });
}
