import { compareWithLock } from '../packages/compare-lock.ts';
import { isPackageDatabasePath, parsePackageDatabases } from '../packages/databases.ts';
import { ECOSYSTEMS, ecosystemNames } from '../packages/registry.ts';
import { inputNameOf } from '../lock/format.ts';
import type { NamedArch, NamedLock } from '../lock/types.ts';
import type { PackageDatabase } from '../packages/types.ts';
import type { StagedInputs } from '../rebuild/types.ts';
import { readFiles } from '../oci/layers/files.ts';
import { lockedArch } from '../rebuild/inputs.ts';
import { firstBuild, undecided } from './failed-build.ts';
import { unverified } from './unverified.ts';
import type { Claim, ClaimContext, Finding } from './types.ts';
import { releaseKeys, waiverSuffix } from '../lock/expired.ts';
import { LACKING } from '../model/claim.ts';

/** What the image itself says is installed is exactly what the lock lists. */
export const locked: Claim = {
  id: 'locked',
  statement: 'contains exactly the packages of its lock',
  passes: `the package databases inside the image (${ECOSYSTEMS.ids.join(', ')}; in \`/var/lib\` or \`/usr/lib/sysimage\`) list exactly the packages of the lock. Keys that rpm trusts (\`gpg-pubkey\`) are no packages`,
  fails: 'a package is extra, missing or of another version; each is named',
  standard: true,
  needs: 'lock',
  check,
};

async function check(context: ClaimContext): Promise<Finding> {
  const { subject, lock, buildEvidence: evidence } = context;
  if (lock === null) {
    return { verdict: 'skipped', summary: LACKING.lock, detail: {}, evidence: [] };
  }
  const first = firstBuild(context.builds);
  if ('error' in first) return undecided(first.error, evidence);
  const files = await readFiles(await context.image(first.build), isPackageDatabasePath);
  const databases = parsePackageDatabases(files);
  if (databases.length === 0) {
    const error = {
      code: 'unsupported' as const,
      message: `the image holds no ${ecosystemNames(ECOSYSTEMS)} database to compare with its lock`,
    };
    return undecided(error, evidence);
  }
  const arch = lockedArch(lock, subject.platform.architecture);
  if (arch === undefined) {
    const error = {
      code: 'unsupported' as const,
      message: `the lock has no packages for ${subject.platform.architecture}`,
    };
    return undecided(error, evidence);
  }
  return judged(databases, { arch, lock, inputs: context.inputs });
}

/** What is installed, checked against the lock. */
export function judged(
  databases: PackageDatabase[],
  { arch, lock, inputs }: { arch: NamedArch; lock: NamedLock; inputs: StagedInputs },
): Finding {
  const { extra, missing, otherVersion } = compareWithLock(databases, arch);
  const installed = databases.reduce((sum, database) => sum + database.packages.length, 0);
  const detail = {
    installed,
    extra,
    missing,
    otherVersion,
    databases: databases.map(({ format }) => format),
    // The packages are those of the lock; how recent the archive was that the lock came from, nobody checked.
    ...(lock.expiredReleases.length === 0 ? {} : { expiredReleases: lock.expiredReleases.map(releaseKeys) }),
  };
  const deviations = [
    ...extra.map((name) => `extra ${name}`),
    ...missing.map((name) => `missing ${name}`),
    ...otherVersion.map(({ name, installed, locked }) => `${name} ${installed} instead of ${locked}`),
  ];
  if (deviations.length === 0) {
    // Names and versions are as locked; whether the files are, nobody knows.
    const open = unverified(inputs);
    if (open !== null) return { ...open, detail: { ...detail, unverified: inputs.unverified } };
    return {
      verdict: 'pass',
      summary: `${installed} packages, exactly as locked${waiverSuffix(lock)}`,
      detail,
      evidence: [],
    };
  }
  const fix = fixOf({ extra, missing, other: otherVersion.map(({ name }) => name) }, inputNameOf(lock));
  return { verdict: 'fail', summary: deviations.slice(0, 5).join('; '), fix, detail, evidence: [] };
}

/** @param input name of the file that the lock is made of */
function fixOf(
  { extra, missing, other }: Record<'extra' | 'missing' | 'other', readonly string[]>,
  input: string,
): string {
  const again = 'write the lock again with `npx twinproof lock`';
  return [
    ...(extra.length > 0 ? [`add ${some(extra)} to ${input} and ${again}, or do not install it`] : []),
    ...(missing.length > 0 ? [`install ${some(missing)}, or take it out of ${input} and ${again}`] : []),
    ...(other.length > 0
      ? [`install ${some(other)} from /cachi2/output/deps, not from a base image or elsewhere`]
      : []),
  ].join('; ');
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => name.split(' ')[0]);
  return `${shown.join(', ')}${names.length > shown.length ? ' and the others' : ''}`;
}
