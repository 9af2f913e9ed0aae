import { z } from 'zod';
import { lockedArch } from '../rebuild/inputs.ts';
import { originGroups } from '../contents/origin-groups.ts';
import { type Share, placePackages, shareOf } from '../contents/origin.ts';
import { LACKING, givenOptions } from '../model/claim.ts';
import { readFiles } from '../oci/layers/files.ts';
import { isPackageDatabasePath, parsePackageDatabases } from '../packages/databases.ts';
import { firstBuild, undecided } from './failed-build.ts';
import { listedIn } from './findings.ts';
import { unverified } from './unverified.ts';
import type { Claim, ClaimContext, Finding } from './types.ts';

const OPTIONS = z.strictObject({
  from: z
    .string()
    .regex(/[^\s,]/, 'name a repository as the lock does')
    .max(1000),
  atLeast: z.number().min(0).max(1),
  by: z.enum(['source', 'binary']).optional(),
});

const MOST_LISTED = 1000;

/** So many of the packages in the image are from the repository that is named, by its own database and its lock. */
export const origin: Claim = {
  id: 'origin',
  statement: 'takes its packages from where it says',
  passes:
    'of the packages that the databases inside the image list, at least the share `atLeast` is from the repositories `from` (names as in the lock, separated by commas, with `*`), counted by source package or with `by: binary` by package; one that the lock does not have in this version counts as not from there',
  fails: 'the share is smaller; both numbers and the packages from elsewhere are named',
  needs: 'lock',
  findings: listedIn('others', MOST_LISTED, () => null),
  options: {
    schema: OPTIONS,
    notes: {
      from: { example: 'bookworm*', meaning: 'repositories, as the lock names them' },
      atLeast: { example: '0.95', meaning: 'share of the packages that must be from there' },
      by: { example: 'source', meaning: 'what is counted, `source` (default) or `binary` packages' },
    },
  },
  check,
};

async function check(context: ClaimContext): Promise<Finding> {
  const { subject, lock, buildEvidence, options } = context;
  if (lock === null) return { verdict: 'skipped', summary: LACKING.lock, detail: {}, evidence: [] };
  const { from, atLeast, by = 'source' } = givenOptions(OPTIONS, options);
  if (from === undefined || atLeast === undefined) {
    const message = '`origin` must say where from and how much: `{ from: NAME, atLeast: 0.95 }`';
    return undecided({ code: 'catalog-invalid', message }, []);
  }
  const first = firstBuild(context.builds);
  if ('error' in first) return undecided(first.error, buildEvidence);
  const databases = parsePackageDatabases(
    await readFiles(await context.image(first.build), isPackageDatabasePath),
  );
  const locked = lockedArch(lock, subject.platform.architecture)?.packages ?? [];
  const placed = placePackages(databases, locked);
  if (placed.length === 0) {
    const message = 'the image has no package database (dpkg, rpm, apk) that lists packages';
    return undecided({ code: 'unsupported', message }, []);
  }
  const share = shareOf(placed, from, by);
  const both = { source: shareOf(placed, from, 'source'), binary: shareOf(placed, from, 'binary') };
  const detail = {
    from,
    atLeast,
    by,
    source: numbers(both.source),
    binary: numbers(both.binary),
    others: share.others.slice(0, MOST_LISTED),
    groups: { ...originGroups(databases, placed) },
  };
  const other = by === 'source' ? both.binary : both.source;
  const reported = `${percent(share)} of ${share.total} ${by} packages (${percent(other)} of ${other.total} ${other.by} packages) are from ${from}`;
  if (share.from < atLeast * share.total) {
    const names = share.others.slice(0, 5).join(', ');
    return {
      verdict: 'fail',
      summary: `${reported}, at least ${100 * atLeast} % should be; not: ${names}`,
      detail,
      evidence: [],
    };
  }
  // What is in a package that nothing proves to be the locked one may be from anywhere.
  const open = unverified(context.inputs);
  if (open !== null) return { ...open, detail };
  return { verdict: 'pass', summary: `${reported}, by its lock`, detail, evidence: [] };
}

const numbers = ({ from, total }: Share) => ({ from, total });

/** Rounded down: 94.96 % are not 95. */
const percent = ({ from, total }: Share): string => `${Math.floor((1000 * from) / total) / 10} %`;
