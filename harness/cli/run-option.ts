import { type Command, Option } from 'commander';

/** Which run a command reads. */
export interface RunOption {
  run?: string;
  /** What `--run` was called when `--results` meant three things; accepted, and not documented. */
  results?: string;
}

export const addRunOption = (command: Command, meaning: string): Command =>
  command
    .option('--run <run>', `${meaning}: its folder, its run.jsonl, or its name in results/runs`)
    .addOption(new Option('--results <run>').hideHelp());

export const givenRun = ({ run, results }: RunOption): string | undefined => run ?? results;
