import { z } from 'zod';
import { isBootc } from '../boot/disk/operating-system.ts';
import { firstWords } from '../boot/guest/words.ts';
import { TwinproofError } from '../errors.ts';
import { givenOptions } from '../model/claim.ts';
import { readTree } from '../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../oci/limits.ts';
import { firstBuild, undecided } from './failed-build.ts';
import { parseLint } from './lint-output.ts';
import { withLoaded } from './loaded-twin.ts';
import type { Claim, ClaimContext, Finding } from './types.ts';

const OPTIONS = z.strictObject({ warnings: z.enum(['fatal', 'allowed']) });

/** The image's own bootc finds nothing in it that keeps it from being installed or from running. */
export const lint: Claim = {
  id: 'lint',
  statement: "passes its own bootc's checks",
  passes:
    '`bootc container lint`, run in a container of the image and without network, finds nothing that keeps it from being installed or from running. An image without bootc, or with one that cannot lint, is `error unsupported`',
  fails: 'a check of its fails; each is named',
  options: {
    schema: OPTIONS,
    notes: {
      warnings: {
        example: 'fatal',
        meaning: '`allowed`, or `fatal`: what bootc only warns of fails the claim, too',
        strictness: { order: ['fatal', 'allowed'], absent: 'allowed' },
      },
    },
  },
  check,
};

/** Seconds. */
const LIMIT = 600;

async function check(context: ClaimContext): Promise<Finding> {
  const first = firstBuild(context.builds);
  if ('error' in first) return undecided(first.error, context.buildEvidence);
  const image = await context.image(first.build);
  const tree = await readTree(image, { limits: DEFAULT_LIMITS });
  if (!isBootc(tree, {})) throw new TwinproofError('unsupported', 'the image has no bootc');
  const { warnings = 'allowed' } = givenOptions(OPTIONS, context.options);
  const { exitCode, output } = await withLoaded(context, image, (name) => run(context, name, warnings));
  const found = parseLint({ exitCode, output });
  const evidence = [await context.evidence.addText('bootc container lint', output, 'text/plain')];
  const bad = warnings === 'fatal' ? [...found.failed, ...found.warnings] : found.failed;
  const detail = { warnings, passed: found.passed, failed: found.failed, warned: found.warnings };
  if (bad.length > 0)
    return { verdict: 'fail', summary: firstWords(bad.slice(0, 3).join('; '), 400), detail, evidence };
  const summary = `${found.passed} checks passed, ${found.warnings.length} warnings`;
  return { verdict: 'pass', summary, detail, evidence };
}

async function run(
  { engine, owner, subject }: ClaimContext,
  image: string,
  warnings: string,
): Promise<{ exitCode: number; output: string }> {
  const options = warnings === 'fatal' ? ['--fatal-warnings'] : [];
  await using container = await engine.run(owner, {
    image,
    command: ['bootc', 'container', 'lint', ...options],
    scratch: {},
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    limits: { memory: subject.limits.memory, processes: subject.limits.processes },
    keepAfterExit: true,
  });
  const ended = await container.wait(LIMIT * 1000);
  if (ended === null)
    throw new TwinproofError('timeout', `bootc container lint did not end within ${LIMIT} s`);
  return { exitCode: ended.exitCode, output: await container.output() };
}
