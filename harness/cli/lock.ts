import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import { CLAIMS } from '../claims/registry.ts';
import { errorLine } from '../errors.ts';
import { lockResult } from '../fetch/lock-result.ts';
import { failureText, lockText } from '../fetch/lock-text.ts';
import type { FailedLock, RefreshedLock } from '../fetch/refresh-locks.ts';
import { fileNames, inputFile } from '../lock/format.ts';
import { refreshTarget } from '../rebuild/rpm-lock/refresh-target.ts';
import { dueChanges, dueText } from '../report/due-text.ts';
import { onInterrupt } from './interrupt.ts';
import { collect } from './options.ts';
import { print, tell } from './output.ts';

interface Options {
  check: boolean;
  due: boolean;
  image: string[];
  json: boolean;
  quiet: boolean;
}

export function lockCommand(): Command {
  return new Command('lock')
    .description('refresh the locks from the package repositories, and show what changed')
    .argument('[target]', `a catalog, a folder, or one ${fileNames(inputFile)}`, '.')
    .option('--check', 'write nothing; exit 1 when a lock is not up to date', false)
    .option(
      '--due',
      'write nothing; print what is newer as a comment on a merge request, and exit 1 when anything is',
      false,
    )
    .option('--image <glob>', 'only locks whose path below the target matches (repeatable)', collect, [])
    .option('--json', 'print the changes as JSON (twinproof/lock/v1)', false)
    .option('--quiet', 'print nothing but faults', false)
    .option('--no-color', 'no colours')
    .action(async (target: string, options: Options) => {
      process.exitCode = await runLock(resolve(target), options);
    });
}

async function runLock(target: string, { check, due, image, json, quiet }: Options): Promise<number> {
  const stop = onInterrupt();
  try {
    const result = await refreshTarget({
      target,
      images: image,
      check: check || due,
      claims: CLAIMS,
      signal: stop.signal,
      onStart: stop.armed,
      onStep: (step) => {
        if (!quiet) tell(`${step}\n`);
      },
    });
    show(result, { json, quiet, due });
    if (result.failures.length > 0) return 2;
    if (due) return exitCodeOfDue(result.locks);
    return check && result.locks.some(({ changed }) => changed) ? 1 : 0;
  } finally {
    stop.disarm();
  }
}

/** A lock that is not there yet tells nothing of what an image has. */
function exitCodeOfDue(locks: readonly RefreshedLock[]): number {
  const absent = locks.filter(({ created }) => created);
  for (const { path } of absent) tell(`${path}: there is no lock yet; write it with twinproof lock\n`);
  if (absent.length > 0) return 2;
  return locks.some(({ changes }) => dueChanges(changes).length > 0) ? 1 : 0;
}

function show(
  { locks, failures }: { locks: RefreshedLock[]; failures: FailedLock[] },
  { json, quiet, due }: { json: boolean; quiet: boolean; due: boolean },
): void {
  if (json) {
    print(`${JSON.stringify(lockResult(locks, failures), null, 2)}\n`);
  } else if (due) {
    // What could not be resolved is not current.
    if (failures.length === 0)
      print(dueText(locks.map(({ path, changes }) => ({ name: relative(process.cwd(), path), changes }))));
  } else if (!quiet) {
    print(lockText(locks));
  }
  for (const { error } of failures) tell(`${errorLine(error)}\n`);
  if (failures.length > 0) tell(failureText(failures.length, locks.length + failures.length));
}
