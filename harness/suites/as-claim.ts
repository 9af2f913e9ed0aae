import { bootedSystem } from '../boot/system/booted.ts';
import { firstBuild, undecided } from '../claims/failed-build.ts';
import { freshSystem } from '../claims/system.ts';
import type { Claim, ClaimContext, Finding, SystemClaim } from '../claims/types.ts';
import { builtBy } from './built.ts';
import { findingOf } from './finding.ts';
import { type Ended, type SuiteTest, testsOf } from './tests.ts';
import type { Fixtures, SuiteClaim } from './types.ts';

/** A claim of a user's own as the rest of this program knows claims. @param suite digest of its suite */
export function asClaim(claim: SuiteClaim, suite: string): Claim {
  const { id, statement } = claim;
  const check = (context: ClaimContext): Promise<Finding> => checkByTests(claim, context);
  const made: Claim = { id, statement, passes: statement, suite, check };
  // What looks at a machine waits in the lane of those that do. What the images are is in its context as well.
  const scenario: SystemClaim['scenario'] = 'start';
  return claim.needs.includes('system') ? Object.assign(made, { scenario }) : made;
}

/** Lets the tests of one claim about one subject look at what was built, one after the other. */
async function checkByTests({ id, needs }: SuiteClaim, context: ClaimContext): Promise<Finding> {
  const tests = testsOf(id, context.subject.id);
  const first = firstBuild(context.builds);
  if ('error' in first) return undecided(first.error, context.buildEvidence);
  if (tests.length === 0)
    return undecided({ code: 'internal', message: `the suite has no test of ${id}` }, []);
  const ended: { test: SuiteTest; ended: Ended }[] = [];
  for (const test of tests) {
    test.turn.resolve(await fixturesOf(needs, context));
    ended.push({ test, ended: await test.ended.promise });
  }
  return findingOf(ended, context.evidence);
}

async function fixturesOf(
  needs: readonly (keyof Fixtures)[],
  context: ClaimContext,
): Promise<Partial<Fixtures>> {
  const images = await Promise.all(
    context.builds.map(async (build) => {
      const opened = await context.image(build);
      builtBy(opened, context.subject, build);
      return opened;
    }),
  );
  const [image, other, ...others] = images;
  if (image === undefined || other === undefined) throw new Error('fewer than two images');
  return {
    ...(needs.includes('image') ? { image } : {}),
    ...(needs.includes('twins') ? { twins: [image, other, ...others] as const } : {}),
    ...(needs.includes('system') ? { system: bootedSystem(await freshSystem(context)) } : {}),
  };
}

/** Lets go the tests of a subject that nobody asked for after all: they would wait for ever. */
export function releaseTests(claims: Iterable<string>, subject: string): void {
  for (const claim of claims) for (const { turn } of testsOf(claim, subject)) turn.resolve(null);
}
