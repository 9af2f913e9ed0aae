import { Command } from 'commander';
import { pullJob, pushJob } from '../run/jobs/carry.ts';
import { type RegistryFlags, registryOptions, withRegistryOptions } from './image-options.ts';
import { print } from './output.ts';

/** `twinproof job push`: prints the name by digest, which is all that the next job needs. */
export function jobPushCommand(): Command {
  return withRegistryOptions(new Command('push'))
    .description('store what a job left in a registry, as an OCI artifact')
    .argument('<folder>', 'folder of prepare or build, or a run folder')
    .argument('<name>', 'HOST/REPOSITORY:TAG')
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .action(async (folder: string, name: string, options: RegistryFlags) => {
      print(`${await pushJob(folder, name, registryOptions(options))}\n`);
    });
}

/** `twinproof job pull`: the same folder again, every file checked. */
export function jobPullCommand(): Command {
  return withRegistryOptions(new Command('pull'))
    .description('take what a job left from a registry')
    .argument('<name>', 'HOST/REPOSITORY:TAG or HOST/REPOSITORY@DIGEST')
    .argument('<folder>', 'new folder')
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .action(async (name: string, folder: string, options: RegistryFlags) => {
      print(`${await pullJob(name, folder, registryOptions(options))}\n`);
    });
}
