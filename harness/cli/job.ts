import { Command } from 'commander';
import { jobBuildCommand } from './job-build.ts';
import { jobPullCommand, jobPushCommand } from './job-carry.ts';
import { jobJudgeCommand } from './job-judge.ts';
import { jobMergeCommand } from './job-merge.ts';
import { jobPrepareCommand } from './job-prepare.ts';

/** `twinproof job`: the parts of a verification, each to be run alone; docs/jobs.md. */
export function jobCommand(): Command {
  const command = new Command('job').description(
    'run one job of a verification alone: prepare, then build each twin, then judge, then merge',
  );
  const jobs = [jobPrepareCommand(), jobBuildCommand(), jobJudgeCommand(), jobMergeCommand()];
  for (const job of [...jobs, jobPushCommand(), jobPullCommand()]) command.addCommand(job.exitOverride());
  return command;
}
