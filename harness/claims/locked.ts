import { compareWithLock } from '../packages/compare-lock.ts';
import { isPackageDatabasePath, parsePackageDatabases } from '../packages/databases.ts';
import { readFiles } from '../oci/files.ts';
import { failedBuild } from './failed-build.ts';
import type { Claim, ClaimContext, Finding } from './types.ts';

/** What the image itself says is installed is exactly what the lock lists. */
export const locked: Claim = {
  id: 'locked',
  statement: 'contains exactly the packages of its lock',
  check,
};

async function check(context: ClaimContext): Promise<Finding> {
  const { subject, lock, buildEvidence: evidence } = context;
  if (lock === null) {
    return { verdict: 'skipped', summary: 'the catalog names no lock for it', detail: {}, evidence: [] };
  }
  const failed = failedBuild(context.builds);
  const [first] = context.builds;
  if (failed !== undefined || first === undefined) {
    const error = failed?.error ?? { code: 'internal' as const, message: 'no build' };
    return { verdict: 'error', error, summary: error.message, detail: {}, evidence };
  }
  const files = await readFiles(await context.image(first), isPackageDatabasePath);
  const databases = parsePackageDatabases(files);
  if (databases.length === 0) {
    const error = {
      code: 'unsupported' as const,
      message: 'the image holds no dpkg, rpm or apk database to compare with its lock',
    };
    return { verdict: 'error', error, summary: error.message, detail: {}, evidence };
  }
  const arch = lock.arches.find(
    ({ arch }) => ARCHITECTURES[subject.platform.architecture]?.includes(arch) ?? false,
  );
  if (arch === undefined) {
    const error = {
      code: 'unsupported' as const,
      message: `the lock has no packages for ${subject.platform.architecture}`,
    };
    return { verdict: 'error', error, summary: error.message, detail: {}, evidence };
  }
  const { extra, missing, otherVersion } = compareWithLock(databases, arch);
  const installed = databases.reduce((sum, database) => sum + database.packages.length, 0);
  const detail = {
    installed,
    extra,
    missing,
    otherVersion,
    databases: databases.map(({ format }) => format),
  };
  const deviations = [
    ...extra.map((name) => `extra ${name}`),
    ...missing.map((name) => `missing ${name}`),
    ...otherVersion.map(({ name, installed, locked }) => `${name} ${installed} instead of ${locked}`),
  ];
  if (deviations.length === 0) {
    return { verdict: 'pass', summary: `${installed} packages, exactly as locked`, detail, evidence: [] };
  }
  return { verdict: 'fail', summary: deviations.slice(0, 5).join('; '), detail, evidence: [] };
}

/** OCI (Go) architecture names and what Debian and RPM call them. */
const ARCHITECTURES: Record<string, string[]> = {
  amd64: ['amd64', 'x86_64'],
  arm64: ['arm64', 'aarch64'],
  ppc64le: ['ppc64el', 'ppc64le'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
};
