import { type RefreshOptions, refreshDebLock } from './debian/refresh.ts';
import type { Lock } from '../lock/types.ts';
import type { Refreshed } from './types.ts';

type Resolver = (input: string, previous: Lock | null, options: RefreshOptions) => Promise<Refreshed>;

/** What resolves locks without a container, by their kind. */
export const RESOLVERS: Partial<Record<string, Resolver>> = { deb: refreshDebLock };
