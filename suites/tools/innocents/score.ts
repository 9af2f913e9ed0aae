import { compareImages } from '../../../harness/compare/compare.ts';
import { contextOfImages } from '../../../harness/explain/context.ts';
import { explainDiff } from '../../../harness/explain/explain.ts';
import { CAUSES } from '../../../harness/explain/registry.ts';
import { Registry } from '../../../harness/model/registry.ts';
import { openImage } from '../../../harness/oci/open.ts';

/** What was named of the files that both releases have. */
export interface Score {
  files: number;
  /** Files with a cause that is neither `package-drift` nor `unknown`, with the cause: wrong. */
  wrong: string[];
  /** The same, where the packages' own versions are not looked at: as of files that somebody edited. */
  wrongAlone: string[];
}

const INNOCENT = new Set(['package-drift', 'unknown']);
/** What a package of Debian is unpacked with, so that it is known whose the files are. */
const isOurs = (path: string): boolean => path.startsWith('var/lib/dpkg/');
const WITHOUT_DRIFT = new Registry([...CAUSES].filter(({ id }) => id !== 'package-drift'));

/** Compares and explains, as `twinproof explain A B` does. */
export async function scoreOf(a: string, b: string): Promise<Score> {
  const [one, other] = [await openImage(a, {}), await openImage(b, {})];
  try {
    const result = await compareImages(one, other);
    const wrongIn = (known: typeof CAUSES): string[] =>
      explainDiff(result, contextOfImages(one), known).entries.flatMap(({ path, change, causes }) =>
        causes
          .filter(
            ({ id, alternative }) =>
              change === 'changed' && !isOurs(path) && alternative !== true && !INNOCENT.has(id),
          )
          .slice(0, 1)
          .map(({ id, confidence, evidence }) => `${path}: ${id} (${confidence}): ${evidence}`),
      );
    const files = result.entries.filter(({ change, path }) => change === 'changed' && !isOurs(path)).length;
    return { files, wrong: wrongIn(CAUSES), wrongAlone: wrongIn(WITHOUT_DRIFT) };
  } finally {
    await one.close();
    await other.close();
  }
}

/** Wilson's interval of 95 %, as shares. */
export function interval(hits: number, of: number): [number, number] {
  if (of === 0) return [0, 1];
  const [z, share] = [1.96, hits / of];
  const middle = share + z ** 2 / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const bound = (value: number): number => Math.min(1, Math.max(0, value / (1 + z ** 2 / of)));
  return [bound(middle - spread), bound(middle + spread)];
}
