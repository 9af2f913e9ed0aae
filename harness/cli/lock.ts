import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { CLAIMS } from '../claims/registry.ts';
import { contextWithout, readLockContext } from '../catalog/lock-context.ts';
import type { LockContext } from '../catalog/lock-context.ts';
import type { BuilderSpec } from '../catalog/types.ts';
import { TwinproofError, errorLine } from '../errors.ts';
import { failureText, lockText } from '../fetch/lock-text.ts';
import { findLockInputs } from '../fetch/lock-inputs.ts';
import { isResolvedInBuilder, refreshLocks } from '../fetch/refresh-locks.ts';
import type { FailedLock, RefreshedLock, RefreshLocksOptions } from '../fetch/refresh-locks.ts';
import { fileNames, inputFile } from '../lock/format.ts';
import { onInterrupt } from './interrupt.ts';
import { print, tell } from './output.ts';

interface Options {
  check: boolean;
  image: string[];
  json: boolean;
  quiet: boolean;
}

/** For RPM locks that no catalog names: any builder with dnf resolves the same. */
const BUNDLED_BUILDER: BuilderSpec = {
  kind: 'definition',
  path: fileURLToPath(new URL('../../fixtures/builder', import.meta.url)),
  place: null,
};

export function lockCommand(): Command {
  return new Command('lock')
    .description('refresh the locks from the package repositories, and show what changed')
    .argument('[target]', `a catalog, a folder, or one ${fileNames(inputFile)}`, '.')
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
    throw new TwinproofError('usage', `no ${fileNames(inputFile)} there`, {
      where: target,
      hint: 'see docs/locks.md for how to write one',
    });
  }
  const stop = onInterrupt();
  try {
    const onStep = quiet ? (): undefined => undefined : (step: string): void => tell(`${step}\n`);
    const options = { check, signal: stop.signal, onStep };
    const result = inputs.some(isResolvedInBuilder)
      ? await refreshWithEngine(inputs, options, { target, armed: stop.armed })
      : await refreshLocks(inputs, options);
    show(result, { json, quiet });
    if (result.failures.length > 0) return 2;
    return check && result.locks.some(({ changed }) => changed) ? 1 : 0;
  } finally {
    stop.disarm();
  }
}

/** The engine is loaded only when there is an RPM lock: Debian's need no container. */
async function refreshWithEngine(
  inputs: string[],
  options: RefreshLocksOptions & { signal: AbortSignal; onStep: (step: string) => void },
  { target, armed }: { target: string; armed: ReturnType<typeof onInterrupt>['armed'] },
): Promise<Awaited<ReturnType<typeof refreshLocks>>> {
  const { connectEngine } = await import('../engine/connect.ts');
  const { currentOwner } = await import('../engine/owner.ts');
  const { ownerIsDead, sweep } = await import('../engine/sweep.ts');
  const { RpmLockRefresher } = await import('../rebuild/rpm-lock/refresher.ts');
  const context = await contextOf(target);
  const engine = await connectEngine();
  const owner = currentOwner(`lock-${process.pid}`);
  armed({ engine, owner });
  await sweep(engine, ownerIsDead);
  await using refresher = new RpmLockRefresher({ engine, owner, context, ...options });
  const inBuilder: RefreshLocksOptions['inBuilder'] = { rpm: (...request) => refresher.refresh(...request) };
  return await refreshLocks(inputs, { ...options, inBuilder });
}

async function contextOf(target: string): Promise<LockContext> {
  const isFolder = (await stat(target)).isDirectory();
  const catalog = isFolder ? join(target, 'catalog.yaml') : target;
  const isCatalog = isFolder
    ? (await stat(catalog).catch(() => null))?.isFile() === true
    : !target.endsWith('.in.yaml');
  return isCatalog ? readLockContext(catalog, BUNDLED_BUILDER, CLAIMS) : contextWithout(BUNDLED_BUILDER);
}

function show(
  { locks, failures }: { locks: RefreshedLock[]; failures: FailedLock[] },
  { json, quiet }: { json: boolean; quiet: boolean },
): void {
  if (json) {
    const failed = failures.map(({ input, error: { code, message } }) => ({ input, code, message }));
    print(`${JSON.stringify({ schema: 'twinproof/lock/v1', locks, failures: failed }, null, 2)}\n`);
  } else if (!quiet) {
    print(lockText(locks));
  }
  for (const { error } of failures) tell(`${errorLine(error)}\n`);
  if (failures.length > 0) tell(failureText(failures.length, locks.length + failures.length));
}
