import { resolve } from 'node:path';
import { Command } from 'commander';
import { CLAIMS } from '../claims/registry.ts';
import { errorLine } from '../errors.ts';
import { lockResult } from '../fetch/lock-result.ts';
import { failureText, lockText } from '../fetch/lock-text.ts';
import type { FailedLock, RefreshedLock } from '../fetch/refresh-locks.ts';
import { fileNames, inputFile } from '../lock/format.ts';
import { refreshTarget } from '../rebuild/rpm-lock/refresh-target.ts';
import { onInterrupt } from './interrupt.ts';
import { collect } from './options.ts';
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
    .argument('[target]', `a catalog, a folder, or one ${fileNames(inputFile)}`, '.')
    .option('--check', 'write nothing; exit 1 when a lock is not up to date', false)
    .option('--image <glob>', 'only locks whose path below the target matches (repeatable)', collect, [])
    .option('--json', 'print the changes as JSON (twinproof/lock/v1)', false)
    .option('--quiet', 'print nothing but faults', false)
    .option('--no-color', 'no colours')
    .action(async (target: string, options: Options) => {
      process.exitCode = await runLock(resolve(target), options);
    });
}

async function runLock(target: string, { check, image, json, quiet }: Options): Promise<number> {
  const stop = onInterrupt();
  try {
    const result = await refreshTarget({
      target,
      images: image,
      check,
      claims: CLAIMS,
      signal: stop.signal,
      onStart: stop.armed,
      onStep: (step) => {
        if (!quiet) tell(`${step}\n`);
      },
    });
    show(result, { json, quiet });
    if (result.failures.length > 0) return 2;
    return check && result.locks.some(({ changed }) => changed) ? 1 : 0;
  } finally {
    stop.disarm();
  }
}

function show(
  { locks, failures }: { locks: RefreshedLock[]; failures: FailedLock[] },
  { json, quiet }: { json: boolean; quiet: boolean },
): void {
  if (json) {
    print(`${JSON.stringify(lockResult(locks, failures), null, 2)}\n`);
  } else if (!quiet) {
    print(lockText(locks));
  }
  for (const { error } of failures) tell(`${errorLine(error)}\n`);
  if (failures.length > 0) tell(failureText(failures.length, locks.length + failures.length));
}
