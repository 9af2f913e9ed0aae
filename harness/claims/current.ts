import { z } from 'zod';
import { daySchema } from '../catalog/claims-schema.ts';
import { currencyOf, type Due } from '../contents/current.ts';
import { LACKING, givenOptions } from '../model/claim.ts';
import { readFiles } from '../oci/layers/files.ts';
import { isPackageDatabasePath, parsePackageDatabases } from '../packages/databases.ts';
import { lockedArch } from '../rebuild/inputs.ts';
import { firstBuild, undecided } from './failed-build.ts';
import type { Claim, ClaimContext, Failure, Finding } from './types.ts';

const OPTIONS = z.strictObject({ asOf: daySchema('the day as of which it is asked') });
const MOST_LISTED = 1000;
const MOST_TOLD = 5;

/** No package of the image has a newer version in the repositories that its lock is from. */
export const current: Claim = {
  id: 'current',
  statement: 'has the newest packages',
  passes:
    'no package of the image (dpkg) has a strictly newer version in the repositories that its lock is resolved from, by their signed indexes as they are now, or as they were on the day `asOf`; so it changes with the calendar, and needs a network',
  fails:
    'one has, and a rebuild is due; each package is named with both versions and the repository. A package that no repository has makes it `error unknown`',
  needs: 'lock',
  itemised: { causes: ['due'] },
  options: {
    schema: OPTIONS,
    notes: {
      asOf: {
        example: "'2026-11-21'",
        meaning:
          "the repositories as they were at the end of that day, by snapshot.debian.org (Debian's own only)",
      },
    },
  },
  check,
};

async function check(context: ClaimContext): Promise<Finding & { failures?: Failure[] }> {
  const { lock, subject } = context;
  if (lock === null) return { verdict: 'skipped', summary: LACKING.lock, detail: {}, evidence: [] };
  const first = firstBuild(context.builds);
  if ('error' in first) return undecided(first.error, context.buildEvidence);
  const databases = parsePackageDatabases(
    await readFiles(await context.image(first.build), isPackageDatabasePath),
  );
  const { asOf } = givenOptions(OPTIONS, context.options);
  const found = await currencyOf(databases, lock, {
    arch: lockedArch(lock, subject.platform.architecture)?.arch ?? subject.platform.architecture,
    asOf: asOf === undefined ? null : new Date(`${asOf}T23:59:59Z`),
  });
  if (found.packages === 0) {
    const message = 'the image has no package database (dpkg) that lists packages';
    return undecided({ code: 'unsupported', message }, []);
  }
  const { due, unplaced, packages } = found;
  const detail = {
    ...{ asOf: found.asOf, packages, total: due.length },
    due: due.slice(0, MOST_LISTED).map((one) => ({ ...one })),
    unplaced: unplaced.slice(0, MOST_LISTED),
  };
  const when = `as of ${found.asOf.slice(0, 16)}Z`;
  if (due.length > 0) {
    const more = due.length > MOST_TOLD ? ` and ${due.length - MOST_TOLD} more` : '';
    const summary = `a rebuild is due ${when}: ${due.slice(0, MOST_TOLD).map(told).join('; ')}${more}`;
    const failures = due.map(({ name }) => ({ place: name, causes: ['due'] }));
    return { verdict: 'fail', summary, detail, evidence: [], failures };
  }
  if (unplaced.length > 0) {
    const message = `no repository of the lock has ${unplaced.slice(0, MOST_TOLD).join(', ')}`;
    return { ...undecided({ code: 'unknown', message }, []), detail };
  }
  return {
    verdict: 'pass',
    summary: `${packages} packages, none with a newer version ${when}`,
    detail,
    evidence: [],
  };
}

const told = ({ name, installed, available, repository }: Due): string =>
  `${name} ${installed} → ${available} (${repository})`;
