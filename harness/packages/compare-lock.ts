import type { NamedArch, NamedPackage } from '../lock/types.ts';
import { fileNameOf } from '../lock/url.ts';
import { ECOSYSTEMS, type Ecosystems } from './registry.ts';
import type { PackageDatabase } from './types.ts';

/** How what is installed deviates from what is locked; all sorted, all empty when it does not. */
export interface LockDeviation {
  /** `name version`, installed but not locked. */
  extra: string[];
  /** `name version`, locked but not installed. */
  missing: string[];
  otherVersion: { name: string; installed: string; locked: string }[];
}

/**
 * Compares the packages that an image says are installed with those of one architecture of its lock.
 * - Every database counts, and a package that two of them list counts once.
 * - The epoch 0 is the same as none; otherwise versions are compared as text, since a lock names exact packages.
 * - A lock lists packages for any architecture (`all`, `noarch`) and foreign ones under the architecture of the image;
 *   which one is meant is read from the file name in its URL. Where that does not tell, any architecture matches.
 * - `source` of the lock is not compared: sources are never installed.
 */
export function compareWithLock(
  installed: readonly PackageDatabase[],
  locked: NamedArch,
  ecosystems: Ecosystems = ECOSYSTEMS,
): LockDeviation {
  const present = new Map<string, NameEntry>();
  for (const item of installed.flatMap(({ packages }) => packages)) {
    const { name, version, architecture } = item;
    architecturesOf(present, name, withoutZeroEpoch(version)).add(architecture);
  }
  const wanted = new Map<string, NameEntry>();
  // Those whose architecture is known come first, so that the others cannot take what they need.
  for (const { item, architecture } of distinct(locked.packages, ecosystems).toSorted(
    (a, b) => Number(b.architecture !== '') - Number(a.architecture !== ''),
  )) {
    const version = withoutZeroEpoch(item.evr);
    if (!take(present.get(item.name)?.get(version), architecture)) {
      architecturesOf(wanted, item.name, version).add(architecture);
    }
  }
  return deviation(present, wanted);
}

/** What two repositories have is listed twice and installed once. */
function distinct(
  packages: NamedPackage[],
  ecosystems: Ecosystems,
): { item: NamedPackage; architecture: string }[] {
  const byKey = new Map(
    packages.map((item) => {
      const architecture = item.architecture ?? architectureOf(item, ecosystems);
      return [`${item.name} ${withoutZeroEpoch(item.evr)} ${architecture}`, { item, architecture }];
    }),
  );
  return [...byKey.values()];
}

/** Versions of one name, each with its architectures; '' is one that is not known. */
type NameEntry = Map<string, Set<string>>;

function architecturesOf(names: Map<string, NameEntry>, name: string, version: string): Set<string> {
  const entry = names.get(name) ?? new Map<string, Set<string>>();
  const architectures = entry.get(version) ?? new Set<string>();
  names.set(name, entry.set(version, architectures));
  return architectures;
}

/** Takes one that fits away, if there is one; '' on either side fits all. */
function take(architectures: Set<string> | undefined, architecture: string): boolean {
  if (architectures === undefined) return false;
  if (architectures.delete(architecture) || architectures.delete('')) return true;
  const [any] = architecture === '' ? architectures : [];
  return any !== undefined && architectures.delete(any);
}

/** The epoch 0 is the same as none, and so is what `rpm --queryformat` writes for none. */
export function withoutZeroEpoch(version: string): string {
  return version.replace(/^(?:0+|\(none\)):/, '');
}

/** Architecture in the file name of a package: `name-version-release.ARCH.rpm`, `name_version_ARCH.deb`; '' if none. */
function architectureOf({ url }: NamedPackage, ecosystems: Ecosystems): string {
  const file = fileNameOf(url) ?? '';
  const reported = [...ecosystems].flatMap(({ lock }) => lock?.architectureIn(file) ?? []);
  return reported[0] ?? '';
}

function deviation(present: Map<string, NameEntry>, wanted: Map<string, NameEntry>): LockDeviation {
  const result: LockDeviation = { extra: [], missing: [], otherVersion: [] };
  for (const name of [...new Set([...present.keys(), ...wanted.keys()])].toSorted()) {
    const installed = leftOf(present.get(name));
    const locked = leftOf(wanted.get(name));
    if (installed.length > 0 && locked.length > 0) {
      // The same version on both sides can only differ in its architecture, so that is then reported as well.
      const same = installed.some(({ version }) => locked.some((other) => other.version === version));
      result.otherVersion.push({
        name,
        installed: versionsText(installed, same),
        locked: versionsText(locked, same),
      });
    } else {
      result.extra.push(...installed.map(({ version }) => `${name} ${version}`));
      result.missing.push(...locked.map(({ version }) => `${name} ${version}`));
    }
  }
  return result;
}

interface Left {
  version: string;
  architecture: string;
}

function leftOf(entry: NameEntry | undefined): Left[] {
  const left: Left[] = [];
  for (const [version, architectures] of entry ?? []) {
    for (const architecture of architectures) left.push({ version, architecture });
  }
  return left;
}

function versionsText(left: readonly Left[], withArchitecture: boolean): string {
  return left
    .map(({ version, architecture }) => (withArchitecture ? `${version} (${architecture})` : version))
    .toSorted()
    .join(', ');
}
