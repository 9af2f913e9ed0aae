import type { TwinproofError } from '../errors.ts';
import type { Engine } from './port.ts';

/**
 * Stands for the engine of a machine that has none: work that starts no container goes on, and what would start one is
 * told why there is none.
 */
export function absentEngine(why: TwinproofError): Engine {
  const refuse = (): Promise<never> => Promise.reject(why);
  return {
    name: '',
    version: '',
    architecture: '',
    cpus: 0,
    memory: 0,
    run: refuse,
    list: refuse,
    remove: refuse,
    images: { find: refuse, pull: refuse, load: refuse, export: refuse, list: refuse, remove: refuse },
    volumes: { made: refuse, create: refuse, list: refuse, remove: refuse },
  };
}
