import { join } from 'node:path';
import { cacheFolder } from '../setup/cache.mjs';

export { cacheFolder };

export function scratchRoot(): string {
  return join(cacheFolder(), 'scratch');
}
