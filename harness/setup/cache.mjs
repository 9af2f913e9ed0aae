// Where this program keeps what it can make again. Plain JavaScript: it is asked before anything is compiled.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Downloads, builder stores and scratch space live here; XDG Base Directory rules, or TWINPROOF_CACHE. */
export function cacheFolder() {
  const { TWINPROOF_CACHE, XDG_CACHE_HOME } = process.env;
  if (TWINPROOF_CACHE !== undefined && TWINPROOF_CACHE !== '') return TWINPROOF_CACHE;
  const base =
    XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '' ? XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'twinproof');
}

/** Our own modules as Node compiled them. */
export function compiledFolder() {
  return join(cacheFolder(), 'compiled');
}
