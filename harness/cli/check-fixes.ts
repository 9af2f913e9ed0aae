import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCatalog } from '../catalog/open.ts';
import type { Subject } from '../catalog/types.ts';
import { CLAIMS } from '../claims/registry.ts';
import { TwinproofError } from '../errors.ts';
import { selectSubjects } from '../plan/select.ts';
import { checkFixes } from '../run/check-fixes.ts';
import type { CheckedFix } from '../report/check-fixes-text.ts';
import { verify } from '../run/verify.ts';
import { onInterrupt } from './interrupt.ts';
import { showProgress } from './progress.ts';
import type { Variation } from '../model/variations.ts';

/**
 * Builds the selected subjects of a catalog, and again with fixes made in copies of their recipes.
 * @param selection glob on `image/variant@os/arch`, `image/variant` or `image`
 */
export async function checkFixesOf(
  selection: string,
  catalogPath: string,
  { quiet, vary }: { quiet: boolean; vary: readonly Variation[] },
): Promise<CheckedFix[]> {
  const catalog = await openCatalog(catalogPath, { claims: CLAIMS });
  const claiming = selectSubjects(catalog.subjects, [selection]).filter(
    ({ claims }) => claims.reproducible?.made,
  );
  if (claiming.length === 0) {
    throw new TwinproofError('usage', `${selection} does not claim to be reproducible`, {
      where: catalogPath,
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'twinproof-fixes-'));
  const stop = onInterrupt();
  const build = async (subjects: Subject[]): Promise<string> => {
    const progress = showProgress({ live: process.stderr.isTTY && !quiet, quiet });
    try {
      const { folder: run } = await verify({
        catalog: { ...catalog, subjects },
        catalogPath,
        plan: null,
        changedSince: null,
        cells: subjects.map(({ id }) => ({ subject: id, claim: 'reproducible' })),
        resultsFolder: join(folder, 'runs'),
        builds: 2,
        keep: false,
        seed: 0,
        vary,
        shard: null,
        resume: null,
        onStart: (started) => {
          stop.armed(started);
          progress.start(started);
        },
        onMessage: progress.message,
        signal: stop.signal,
      });
      return run;
    } finally {
      await progress.stop();
    }
  };
  try {
    return await checkFixes({ subjects: claiming, folder: join(folder, 'recipes'), verify: build });
  } finally {
    stop.disarm();
    await rm(folder, { recursive: true, force: true });
  }
}
