/// <reference types="node" preserve="true" />
/**
 * `import … from 'twinproof/vitest'`: claims of your own, written as Vitest tests (docs/vitest.md).
 *
 * @module twinproof/vitest
 */
import { type ExpectStatic } from 'vitest';
import type { Catalog, Subject } from '../catalog/types.ts';
import {
  type ClaimContext,
  type ClaimOptions,
  type ClaimTest,
  type ClaimTestOptions,
  type ForSubjects,
  claim,
  subjects,
} from '../suites/claim.ts';
import { expect as ownExpect } from '../suites/expect.ts';
import { catalog as verified } from '../suites/input.ts';
import type { ImageMatchers } from '../suites/matchers.ts';
import type { ExpectedEntry } from '../suites/matchers/entry.ts';
import type { Fixtures } from '../suites/types.ts';

export { claim, subjects };
export type { Catalog, Subject };
export type { ClaimContext, ClaimOptions, ClaimTest, ClaimTestOptions, ForSubjects };
export type { ExpectedEntry, Fixtures, ImageMatchers };

/** The catalog that is verified. */
export const catalog: Catalog = verified;

/** Vitest's `expect` with the matchers for images and systems, which knows of which test it is called. */
export const expect: ExpectStatic = ownExpect;
export type { EntryFacts } from '../compare/types.ts';
