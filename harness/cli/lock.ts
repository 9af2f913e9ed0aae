import { resolve } from 'node:path';
import { Command } from 'commander';
import { TwinproofError } from '../errors.ts';
import { lockText } from '../fetch/lock-text.ts';
import { findLockInputs } from '../fetch/lock-inputs.ts';
import { refreshLocks } from '../fetch/refresh-locks.ts';
import { print, tell } from './output.ts';

interface Options {
  check: boolean;
  image: string[];
  json: boolean;
  quiet: boolean;
}

export function lockCommand(): Command {
  return new Command('lock')
    .description('refresh the locks from the package repositories, and show what changed')
    .argument('[target]', 'a catalog, a folder, or one debs.in.yaml', '.')
    .option('--check', 'write nothing; exit 1 when a lock is not up to date', false)
    .option('--image <glob>', 'only locks whose path below the target matches (repeatable)', collect, [])
    .option('--json', 'print the changes as JSON', false)
    .option('--quiet', 'print nothing but faults', false)
    .option('--no-color', 'no colours')
    .action(async (target: string, options: Options) => {
      process.exitCode = await runLock(resolve(target), options);
    });
}

const collect = (value: string, previous: string[]): string[] => [...previous, value];

async function runLock(target: string, { check, image, json, quiet }: Options): Promise<number> {
  const inputs = await findLockInputs(target, image);
  if (inputs.length === 0) {
    throw new TwinproofError('usage', 'no debs.in.yaml there', {
      where: target,
      hint: image.length === 0 ? 'see docs/locks.md for how to write one' : 'does --image fit any path?',
    });
  }
  const stop = new AbortController();
  const interrupted = (): void => stop.abort();
  process.once('SIGINT', interrupted);
  try {
    const onStep = quiet ? undefined : (step: string): void => tell(`${step}\n`);
    const results = await refreshLocks(inputs, { check, signal: stop.signal, onStep });
    if (json) print(`${JSON.stringify({ schema: 'twinproof/lock/v1', locks: results }, null, 2)}\n`);
    else if (!quiet) print(lockText(results));
    return check && results.some(({ changed }) => changed) ? 1 : 0;
  } finally {
    process.off('SIGINT', interrupted);
  }
}
