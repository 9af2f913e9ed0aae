import { connectDocker } from './docker/connect.ts';
import type { Engine } from './port.ts';

/**
 * The engine that runs containers here.
 * @throws TwinproofError `engine-unavailable`
 */
export const connectEngine = (): Promise<Engine> => connectDocker();
