import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LockContext, contextWithout, readLockContext } from '../../catalog/lock-context.ts';
import type { BuilderSpec } from '../../catalog/types.ts';
import type { Owner } from '../../engine/owner.ts';
import type { Engine } from '../../engine/port.ts';
import { TwinproofError } from '../../errors.ts';
import { findLockInputs } from '../../fetch/lock-inputs.ts';
import {
  type FailedLock,
  type RefreshLocksOptions,
  type RefreshedLock,
  isResolvedInBuilder,
  refreshLocks,
} from '../../fetch/refresh-locks.ts';
import { fileNames, inputFile } from '../../lock/format.ts';
import type { ClaimDeclaration } from '../../model/claim.ts';
import type { Registry } from '../../model/registry.ts';

/** For RPM locks that no catalog names: any builder with dnf resolves the same. */
const BUNDLED_BUILDER: BuilderSpec = {
  kind: 'definition',
  path: fileURLToPath(new URL('../../../fixtures/builder', import.meta.url)),
  place: null,
};

export interface RefreshTarget extends Pick<RefreshLocksOptions, 'check' | 'signal' | 'onStep'> {
  /** Absolute path of a catalog, a folder, or one input file. */
  target: string;
  /** Only locks whose path below the target matches one of these; all when there are none. */
  images: string[];
  /** That a catalog may speak of. */
  claims: Registry<ClaimDeclaration>;
  /** Called with who owns what is made, before anything is. */
  onStart: (started: { engine: Engine; owner: Owner }) => void;
}

/**
 * Refreshes the locks of a target from the repositories, in a container where that takes one.
 * @throws TwinproofError `usage` for a target without inputs, `engine-unavailable`, `catalog-invalid`, `interrupted`, `storage`
 */
export async function refreshTarget(
  given: RefreshTarget,
): Promise<{ locks: RefreshedLock[]; failures: FailedLock[] }> {
  const { target, images } = given;
  const inputs = await findLockInputs(target, images);
  if (inputs.length === 0) {
    throw new TwinproofError('usage', `no ${fileNames(inputFile)} there`, {
      where: target,
      hint: 'see docs/locks.md for how to write one',
    });
  }
  return inputs.some(isResolvedInBuilder) ? withEngine(inputs, given) : refreshLocks(inputs, given);
}

/** The engine is loaded only when there is an RPM lock: Debian's need no container. */
async function withEngine(
  inputs: string[],
  { target, claims, onStart, ...options }: RefreshTarget,
): ReturnType<typeof refreshTarget> {
  const { connectEngine } = await import('../../engine/connect.ts');
  const { currentOwner } = await import('../../engine/owner.ts');
  const { ownerIsDead, sweep } = await import('../../engine/sweep.ts');
  const { RpmLockRefresher } = await import('./refresher.ts');
  const context = await contextOf(target, claims);
  const engine = await connectEngine();
  const owner = currentOwner(`lock-${process.pid}`);
  onStart({ engine, owner });
  await sweep(engine, ownerIsDead);
  const { signal = new AbortController().signal, onStep = (): undefined => undefined } = options;
  await using refresher = new RpmLockRefresher({ engine, owner, context, signal, onStep });
  const inBuilder: RefreshLocksOptions['inBuilder'] = { rpm: (...request) => refresher.refresh(...request) };
  return await refreshLocks(inputs, { ...options, inBuilder });
}

async function contextOf(target: string, claims: Registry<ClaimDeclaration>): Promise<LockContext> {
  const isFolder = (await stat(target)).isDirectory();
  const catalog = isFolder ? join(target, 'catalog.yaml') : target;
  const isCatalog = isFolder
    ? (await stat(catalog).catch(() => null))?.isFile() === true
    : !target.endsWith('.in.yaml');
  return isCatalog ? readLockContext(catalog, BUNDLED_BUILDER, claims) : contextWithout(BUNDLED_BUILDER);
}
