import { z } from 'zod';
import { compareImages } from '../compare/compare.ts';
import type { DiffResult } from '../compare/types.ts';
import { TwinproofError } from '../errors.ts';
import { contextOfBuilds } from '../explain/context.ts';
import { explainDiff } from '../explain/explain.ts';
import { publishedCauses } from '../explain/published-causes.ts';
import { givenOptions } from '../model/claim.ts';
import { RUNGS, reachedText } from '../model/rungs.ts';
import { openImage } from '../oci/open.ts';
import type { OciImage } from '../oci/types.ts';
import type { TwinBuild } from '../rebuild/types.ts';
import { recipeText } from './build-context.ts';
import { failedBuild, undecided } from './failed-build.ts';
import type { Claim, ClaimContext, Detail, Finding } from './types.ts';

const MAX_DIFFERENCES = 1000;
const STANDARD_RUNG = 'config';
/** A tag may lead to another image tomorrow, and the verdict with it. */
const BY_DIGEST = /^docker:\/\/[^\s@]+@sha256:[0-9a-f]{64}$/;
const OPTIONS = z.strictObject({
  image: z
    .string()
    .max(1000)
    .regex(BY_DIGEST, 'name the published image by digest, as docker://NAME@sha256:…'),
  rung: z.enum(RUNGS).optional(),
});

/** One of the twins is the image that was published. */
export const published: Claim = {
  id: 'published',
  statement: 'is the image that was published',
  passes:
    'one of the twins equals the image that is published under that digest (of an index, its image of this platform), at the image ID unless `rung` says otherwise; it needs a network',
  fails:
    'none does; what differs is named with its causes, those that only a published image can have included, such as a label that was added after the build',
  options: {
    schema: OPTIONS,
    notes: {
      image: {
        example: "'docker://quay.io/org/app@sha256:…'",
        meaning: 'the published image, by digest: an image, or an index that has one of this platform',
      },
      rung: {
        example: 'layers',
        meaning:
          'how equal a twin and the published image must be; `config` (default), as for `reproducible`',
        strictness: { order: RUNGS, absent: STANDARD_RUNG },
      },
    },
  },
  check,
};

async function check(context: ClaimContext): Promise<Finding> {
  const { image: reference, rung = STANDARD_RUNG } = givenOptions(OPTIONS, context.options);
  if (reference === undefined) {
    const message = 'the catalog does not say what was published; name it as image, docker://NAME@sha256:…';
    return undecided({ code: 'catalog-invalid', message }, []);
  }
  const failed = failedBuild(context.builds);
  if (failed !== undefined) return undecided(failed.error, context.buildEvidence);
  const image = await opened(reference, context);
  if ('error' in image) return undecided(image.error, context.buildEvidence);
  try {
    let nearest: { build: TwinBuild; twin: OciImage; result: DiffResult } | undefined;
    for (const build of context.builds) {
      const twin = await context.image(build);
      const result = await compareImages(twin, image, { rung, maxDiffs: MAX_DIFFERENCES });
      if (nearest === undefined || result.identical) nearest = { build, twin, result };
      if (result.identical) break;
    }
    if (nearest === undefined) throw new Error('nothing was built');
    return await findingOf(context, { ...nearest, image, rung, reference });
  } finally {
    await image.close();
  }
}

/** What cannot be had says nothing about the image. */
async function opened(
  reference: string,
  { subject: { platform } }: ClaimContext,
): Promise<OciImage | { error: { code: 'input-unavailable'; message: string } }> {
  try {
    return await openImage(reference, { platform });
  } catch (error) {
    if (!(error instanceof TwinproofError)) throw error;
    return {
      error: { code: 'input-unavailable', message: `${error.where ?? reference}: ${error.message}` },
    };
  }
}

interface Compared {
  build: TwinBuild;
  twin: OciImage;
  result: DiffResult;
  image: OciImage;
  rung: string;
  reference: string;
}

async function findingOf(
  context: ClaimContext,
  { build, twin, result, image, rung, reference }: Compared,
): Promise<Finding> {
  const { sourceDateEpoch } = context.subject;
  const own = publishedCauses(twin, image, result);
  const detail: Detail = {
    ...{ asked: rung, rung: result.rung, image: reference, twin: build.twin, causes: own },
    published: { manifest: image.manifest.digest, config: image.config.digest },
    built: { manifest: twin.manifest.digest, config: twin.config.digest },
  };
  const evidence = [...context.buildEvidence];
  if (result.identical) {
    const summary = `twin ${build.twin} equals it at ${result.rung}; image ID ${twin.config.digest}`;
    return { verdict: 'pass', summary: [summary, ...own].join('; '), detail, evidence };
  }
  const nowhere = { twin: 'published', started: '', seconds: 0 };
  const recipe = await recipeText(context.subject);
  const explained = explainDiff(result, contextOfBuilds([build, nowhere], { sourceDateEpoch, recipe }));
  evidence.push(
    await context.evidence.addText('diff', `${JSON.stringify(explained, null, 2)}\n`, 'application/json'),
  );
  const paths = explained.entries.map(({ path }) => path);
  const what = own.length > 0 ? own : paths.length > 0 ? [`${paths.slice(0, 3).join(', ')} differ`] : [];
  const head = `no twin is the published image (asked for ${rung}; ${reachedText(result.rung)})`;
  return {
    verdict: 'fail',
    summary: [head, ...what.slice(0, 3)].join('; '),
    detail: { ...detail, differing: paths.length, truncated: explained.truncated },
    evidence,
  };
}
