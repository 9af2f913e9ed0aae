import type { Catalog, Subject } from '../catalog/types.ts';
import type { Owner } from '../engine/owner.ts';
import type { Engine } from '../engine/port.ts';
import { buildPackages } from './built-packages.ts';
import { type FetchedLock, fetchLock } from './fetch-lock.ts';
import type { ReadyBuilder } from './types.ts';

export type PreparedInputs = FetchedLock | { lock: null; cached: Map<string, string> };

interface Request {
  catalog: Catalog;
  subject: Subject;
  /** Asked only for packages that are not there yet. */
  builder: () => Promise<ReadyBuilder>;
  onStep: (step: string) => void;
  onNote: (text: string) => void;
}

/** Gets what a subject's lock names, building those packages that the catalog says are built here. */
export async function prepareInputs(engine: Engine, owner: Owner, request: Request): Promise<PreparedInputs> {
  const { catalog, subject, builder, onStep, onNote } = request;
  if (subject.lock === null) return { lock: null, cached: new Map() };
  const { path } = subject.lock;
  const { architecture } = subject.platform;
  for (const built of catalog.builtPackages) {
    await buildPackages(engine, owner, { built, lock: path, architecture, builder, onStep });
  }
  return fetchLock(path, architecture, {
    origins: catalog.origins,
    whenGone: catalog.whenGone,
    onStep,
    onNote,
  });
}
