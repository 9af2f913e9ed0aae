import { join } from 'node:path';
import { ensureDefinedBuilder } from '../../../harness/rebuild/definition/ensure.ts';
import type { Owner } from '../../../harness/engine/owner.ts';
import type { Engine } from '../../../harness/engine/port.ts';
import { ROOT } from './support.ts';

/** The bundled builder in an engine, by the name of its image; it is made where it is not there. */
export async function bundledBuilder(engine: Engine, owner: Owner): Promise<string> {
  const quiet = { onStep: () => undefined, onNote: () => undefined };
  const options = { ...quiet, origins: [], whenGone: 'error' as const };
  const { image } = await ensureDefinedBuilder(engine, owner, join(ROOT, 'fixtures/builder'), options);
  return image;
}
