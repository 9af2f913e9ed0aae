import { homedir } from 'node:os';
import { join } from 'node:path';

/** Downloads, builder stores and scratch space live here; XDG Base Directory rules, or TWINPROOF_CACHE. */
export function cacheFolder(): string {
  const { TWINPROOF_CACHE, XDG_CACHE_HOME } = process.env;
  if (TWINPROOF_CACHE !== undefined && TWINPROOF_CACHE !== '') return TWINPROOF_CACHE;
  const base =
    XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '' ? XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'twinproof');
}

export function scratchRoot(): string {
  return join(cacheFolder(), 'scratch');
}

/** Our own modules as Node compiled them. */
export function compiledFolder(): string {
  return join(cacheFolder(), 'compiled');
}
