import { inject } from 'vitest';
import type { Catalog } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import type { SuitesInput } from './types.ts';

/** @throws TwinproofError `usage` where a suite is not run by `twinproof verify` */
export function suitesInput(): SuitesInput {
  const given = inject('twinproofSuites') as SuitesInput | undefined;
  if (given !== undefined) return given;
  throw new TwinproofError('usage', 'claims are checked by `npx twinproof verify --suite FILE`', {
    hint: 'matchers can be used in any Vitest test',
  });
}

/** The catalog that is verified; asked for when somebody looks at it, as matchers can be used without. */
export const catalog: Catalog = new Proxy({} as Catalog, {
  get: (_target, key) => Reflect.get(suitesInput().catalog, key) as unknown,
  has: (_target, key) => Reflect.has(suitesInput().catalog, key),
  ownKeys: () => Reflect.ownKeys(suitesInput().catalog),
  getOwnPropertyDescriptor: (_target, key) => ({
    ...Reflect.getOwnPropertyDescriptor(suitesInput().catalog, key),
    configurable: true,
  }),
});
