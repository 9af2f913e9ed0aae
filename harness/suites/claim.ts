import { type TestContext, test } from 'vitest';
import type { Catalog, Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import { selectSubjects } from '../plan/select.ts';
import { suitesInput } from './input.ts';
import { placeOf } from './place.ts';
import { type SuiteTest, declare, register, running, tests } from './tests.ts';
import { FIXTURES, type Fixtures } from './types.ts';

/** What a claim of your own says, and what it looks at. */
export interface ClaimOptions<Needs extends keyof Fixtures> {
  /** What it says of a subject, for people; one line. */
  readonly statement: string;
  /** What its tests are given: the first `image`, the `twins`, a booted `system`. Nothing unless named. */
  readonly needs?: readonly Needs[];
}

/** What a test of a claim is given: Vitest's own context, and what the claim needs. */
export type ClaimContext<Needs extends keyof Fixtures> = TestContext & Pick<Fixtures, Needs>;

/** How one test of a claim is run. */
export interface ClaimTestOptions {
  /** Milliseconds from its turn on; half an hour when not given. What takes longer is an `error`, not a failure. */
  readonly timeout?: number;
}

/** Registers a test for each of the subjects; `$id`, `$image` and the like in its name are theirs. */
export type ForSubjects<Needs extends keyof Fixtures> = (
  subjects: readonly Subject[],
) => (
  name: string,
  check: (subject: Subject, context: ClaimContext<Needs>) => void | Promise<void>,
  options?: ClaimTestOptions,
) => void;

/** Makes tests of a claim. */
export interface ClaimTest<Needs extends keyof Fixtures> {
  readonly for: ForSubjects<Needs>;
  /** The same, and none of them is run: their cells are `skipped`. */
  readonly skip: { readonly for: ForSubjects<Needs> };
}

const ID = /^[a-z][a-z0-9-]{0,63}$/;
const MAX_STATEMENT = 200;
const HALF_AN_HOUR = 1_800_000;

/**
 * Declares a claim of your own.
 * @param id under which a catalog, the matrix and the gate know it; like `no-setuid`
 * @returns what makes its tests: `test.for(subjects(catalog))(name, check)`
 * @throws TwinproofError `usage` for an id that another claim has, or that is not lower-case letters, digits and dashes
 */
export function claim<const Needs extends keyof Fixtures = never>(
  id: string,
  { statement, needs = [] }: ClaimOptions<Needs>,
): ClaimTest<Needs> {
  const { root } = suitesInput().catalog;
  const place = placeOf(new Error().stack, root) ?? '';
  const wrong = (what: string): TwinproofError => new TwinproofError('usage', what, { where: place });
  if (!ID.test(id)) throw wrong(`${JSON.stringify(id)} is no name for a claim; name it like no-setuid`);
  if (statement.trim() === '' || statement.length > MAX_STATEMENT || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(statement))
    throw wrong(`the statement of ${id} is not one line of at most ${MAX_STATEMENT} characters`);
  const unknown = needs.find((need) => !FIXTURES.includes(need));
  if (unknown !== undefined) throw wrong(`${id} needs ${unknown}; there are ${FIXTURES.join(', ')}`);
  declare({ id, statement, needs }, place);
  const forSubjects =
    (skip: boolean): ForSubjects<Needs> =>
    (subjects) =>
    (name, check, { timeout = HALF_AN_HOUR } = {}) => {
      const at = placeOf(new Error().stack, root) ?? place;
      for (const subject of subjects)
        addTest(subject, { claim: id, title: name, place: at, root }, { skip, timeout, check });
    };
  return { for: forSubjects(false), skip: { for: forSubjects(true) } };
}

/**
 * Subjects of the catalog that is verified.
 * @param selection a glob on `image/variant@os/arch`; all when not given
 * @throws TwinproofError `usage` for a glob that matches none
 */
export const subjects = ({ subjects: all }: Catalog, selection?: string): readonly Subject[] =>
  selection === undefined ? all : selectSubjects(all, [selection]);

interface Check<Needs extends keyof Fixtures> {
  skip: boolean;
  timeout: number;
  check: (subject: Subject, context: ClaimContext<Needs>) => void | Promise<void>;
}

function addTest<Needs extends keyof Fixtures>(
  subject: Subject,
  about: Pick<SuiteTest, 'claim' | 'title' | 'place' | 'root'>,
  { skip, timeout, check }: Check<Needs>,
): void {
  const { cells } = suitesInput();
  const wanted = cells.some((cell) => cell.claim === about.claim && cell.subject === subject.id);
  const number = register({ ...about, subject: subject.id });
  // Concurrent, since each waits until what it looks at is there.
  const options = { concurrent: true, skip: skip || !wanted, meta: { twinproofTest: number }, timeout: 0 };
  test.for([subject])(about.title, options, async (_subject, context) => {
    const given = await tests[number]?.turn.promise;
    if (given === null || given === undefined) return context.skip('not needed');
    const all = Object.assign(Object.create(context) as ClaimContext<Needs>, given);
    context.expect.hasAssertions();
    const pending = new Set<Promise<unknown>>();
    await running.run({ expect: context.expect, pending }, () =>
      within({ timeout, signal: context.signal }, async () => {
        await check(subject, all);
        await Promise.all(pending);
      }),
    );
  });
}

interface Limits {
  timeout: number;
  /** Of a run that is being ended. */
  signal: AbortSignal;
}

async function within({ timeout, signal }: Limits, work: () => Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new TwinproofError('timeout', `the test did not end within ${timeout} ms`));
  }, timeout);
  const ended = (): void => late.reject(new TwinproofError('interrupted', 'the run is being ended'));
  signal.addEventListener('abort', ended, { once: true });
  try {
    await Promise.race([work(), late.promise]);
  } finally {
    signal.removeEventListener('abort', ended);
    clearTimeout(timer);
  }
}
