import type { TwinBuild } from '../rebuild/types.ts';
import { compareImages } from '../compare/compare.ts';
import { parseRung } from '../compare/ladder.ts';
import type { DiffResult } from '../compare/types.ts';
import { openImage } from '../oci/open.ts';
import type { OciImage } from '../oci/types.ts';

/** Differences that are looked at; a result that has more says so. */
const MAX_DIFFS = 100;

/** Two builds compared; null when one of them left no image. @param rung asked for */
export async function compareBuilds(
  [first, second]: readonly [TwinBuild, TwinBuild],
  rung: string,
): Promise<DiffResult | null> {
  if (!first.outcome.built || !second.outcome.built) return null;
  await using images = new AsyncDisposableStack();
  const open = async (reference: string): Promise<OciImage> =>
    images.adopt(await openImage(reference), (image) => image.close());
  const [a, b] = [await open(first.outcome.image), await open(second.outcome.image)];
  return await compareImages(a, b, { rung: parseRung(rung), maxDiffs: MAX_DIFFS });
}
