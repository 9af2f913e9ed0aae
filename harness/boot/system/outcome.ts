import { TwinproofError } from '../../errors.ts';
import type { Boot } from './boot.ts';

type Outcome = Pick<Boot, 'state' | 'reason'>;

/** How a start went, where a disk from which nothing can be started is an outcome, too, and not an error. */
export async function outcomeOf(start: Promise<Boot>): Promise<Outcome> {
  try {
    return await start;
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'image-invalid')
      return { state: null, reason: error.message };
    throw error;
  }
}
