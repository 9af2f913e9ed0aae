import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExpectStatic } from 'vitest';
import { TwinproofError } from '../errors.ts';
import type { Fixtures, SuiteClaim } from './types.ts';

/** How a test ended, as Vitest has it. */
export interface Ended {
  state: 'pass' | 'fail' | 'skip';
  /** Why it was skipped; empty where nobody says. */
  note: string;
  errors: readonly unknown[];
}

/** A test of a claim about one subject, from when its suite was read to its end. */
export interface SuiteTest {
  claim: string;
  subject: string;
  title: string;
  /** `file:line` at which it stands. */
  place: string;
  /** Folder that names of files are relative to. */
  root: string;
  /** What it may look at, once it is its turn; null when it is not needed. */
  readonly turn: PromiseWithResolvers<Partial<Fixtures> | null>;
  readonly ended: PromiseWithResolvers<Ended>;
}

interface Read {
  claims: SuiteClaim[];
  tests: SuiteTest[];
}

/**
 * What the suites that this thread has read declare, in their order. Kept outside of this module: Vitest reads modules anew
 * for what it runs, after the runner has them.
 */
const KEY = Symbol.for('twinproof.suites');
const read = (Reflect.get(globalThis, KEY) as Read | undefined) ?? { claims: [], tests: [] };
Reflect.set(globalThis, KEY, read);
export const declared: readonly SuiteClaim[] = read.claims;
export const tests: readonly SuiteTest[] = read.tests;

/** @throws TwinproofError `usage` for an id that was declared before */
export function declare(claim: SuiteClaim, place: string): void {
  if (declared.some(({ id }) => id === claim.id))
    throw new TwinproofError('usage', `the claim ${claim.id} is declared twice`, { where: place });
  read.claims.push(claim);
}

/** @returns its number */
export function register(test: Pick<SuiteTest, 'claim' | 'subject' | 'title' | 'place' | 'root'>): number {
  const made = { ...test, turn: Promise.withResolvers<Partial<Fixtures> | null>() };
  return read.tests.push({ ...made, ended: Promise.withResolvers<Ended>() }) - 1;
}

export const testsOf = (claim: string, subject: string): SuiteTest[] =>
  tests.filter((test) => test.claim === claim && test.subject === subject);

/** What the function of a test has left behind when it returns. */
interface Running {
  /** Of this test, not of whichever began last. */
  expect: ExpectStatic;
  /** Assertions that nobody waits for: they must count all the same. */
  pending: Set<Promise<unknown>>;
}

export const running = new AsyncLocalStorage<Running>();
