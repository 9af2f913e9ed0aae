import { TwinproofError } from '../errors.ts';
import { absentEngine } from './absent.ts';
import { connectDocker } from './docker/connect.ts';
import type { Engine } from './port.ts';

/**
 * The engine that runs containers here.
 * @throws TwinproofError `engine-unavailable`
 */
export const connectEngine = (): Promise<Engine> => connectDocker();

/** The same for work that may need none: where no engine answers, one that says so whenever it is asked for something. */
export async function connectIfAny(): Promise<{ engine: Engine; present: boolean }> {
  try {
    return { engine: await connectEngine(), present: true };
  } catch (cause) {
    if (!(cause instanceof TwinproofError) || cause.code !== 'engine-unavailable') throw cause;
    return { engine: absentEngine(cause), present: false };
  }
}
