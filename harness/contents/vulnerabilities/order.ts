import { compareApkVersions } from '../../packages/apk/apk-version.ts';
import { compareDebVersions } from '../../packages/dpkg/deb-version.ts';
import { compareRpmVersions } from '../../packages/rpm/rpm-version.ts';
import type { PackageFormat } from '../../packages/types.ts';
import type { CompareVersions } from './types.ts';

const withoutEpoch = (version: string): string => version.replace(/^\d+:/, '');
const hasEpoch = (version: string): boolean => /^\d+:/.test(version);

/** Advisories often leave the epoch of an rpm out; where one side does not know it, it tells nothing. */
const compareRpms: CompareVersions = (a, b) =>
  hasEpoch(a) === hasEpoch(b)
    ? compareRpmVersions(a, b)
    : compareRpmVersions(withoutEpoch(a), withoutEpoch(b));

const ORDERS: Record<string, CompareVersions> = {
  dpkg: compareDebVersions,
  rpm: compareRpms,
  apk: compareApkVersions,
};

/** Order of versions in advisories and packages of an ecosystem; null where nobody knows it. */
export const orderOf = (format: PackageFormat): CompareVersions | null =>
  Object.hasOwn(ORDERS, format) ? (ORDERS[format] ?? null) : null;
