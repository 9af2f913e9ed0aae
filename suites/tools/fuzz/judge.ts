import { compareImages } from '../../../harness/compare/compare.ts';
import type { DiffResult } from '../../../harness/compare/types.ts';
import { TwinproofError } from '../../../harness/errors.ts';
import { openImage } from '../../../harness/oci/open.ts';
import type { Side } from './images.ts';

/** What one comparison of small images may take. */
const SECONDS = 10;
const MEMORY = 1024 * 2 ** 20;

/** What is wrong with an answer; null when nothing can be said against it. */
function wrongAnswer({ rungs, entries }: DiffResult, [a, b]: readonly [Side, Side]): string | null {
  const said = (name: string, holds: boolean): string => `${name} is said ${holds ? '' : 'not '}to hold`;
  if (rungs.manifest !== a.manifest.equals(b.manifest)) return said('manifest', rungs.manifest);
  if (rungs.config && !rungs.manifest && !a.config.equals(b.config)) return said('config', true);
  if (!a.plain || !b.plain) return null;
  // Equal manifests are equal whatever their layers hold; see docs/diff.md.
  if (rungs.manifest) return null;
  if (!a.faithful || !b.faithful) return 'a layer is not what its config says, and was compared all the same';
  if (rungs.layers !== a.layer.equals(b.layer)) return said('layers', rungs.layers);
  return rungs.layers || entries.length > 0 ? null : 'layers differ, but no entry does';
}

function wrongError(error: unknown): string | null {
  const known = error instanceof TwinproofError && ['image-invalid', 'unsupported'].includes(error.code);
  if (!known) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return /\p{Cc}/u.test(`${error.message}${error.where ?? ''}`)
    ? 'the complaint is not one plain line'
    : null;
}

export interface Judged {
  /** It was good enough to be compared. */
  compared: boolean;
  /** What is wrong with how the program took it; null when all is well. */
  wrong: string | null;
}

/** Compares the two images in `folder`, and checks the answer against what is known of them. */
export async function judge(folder: string, sides: readonly [Side, Side]): Promise<Judged> {
  const start = performance.now();
  let compared = false;
  let wrong: string | null;
  try {
    const [a, b] = [await openImage(`oci:${folder}/a`), await openImage(`oci:${folder}/b`)];
    const result = await compareImages(a, b);
    compared = true;
    wrong = wrongAnswer(result, sides);
  } catch (error) {
    wrong = wrongError(error);
  }
  if (performance.now() - start > SECONDS * 1000) wrong ??= `took more than ${SECONDS} s`;
  if (process.memoryUsage.rss() > MEMORY) wrong ??= 'took more than 1 GiB';
  return { compared, wrong };
}
