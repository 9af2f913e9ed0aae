import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledBuilder } from '../../selftest/bundled-builder.ts';
import { currentOwner } from '../../../../harness/engine/owner.ts';
import type { Engine } from '../../../../harness/engine/port.ts';
import { images } from './images.ts';
import { isolation } from './isolation.ts';
import { lifecycle } from './lifecycle.ts';
import { storage } from './storage.ts';
import type { Check, Place } from './types.ts';

/** What every engine must do. */
export const CONTRACT: Check[] = [...isolation, ...storage, ...lifecycle, ...images];

/** A folder, and the bundled builder in an engine, which stays. */
export async function contractPlace(engine: Engine): Promise<Place & AsyncDisposable> {
  const owner = currentOwner('selftest-contract');
  const image = await bundledBuilder(engine, owner);
  const folder = await mkdtemp(join(tmpdir(), 'twinproof-contract-'));
  return {
    engine,
    owner,
    image,
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
