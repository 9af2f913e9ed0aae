import type { CompareVersions, Outcome } from './types.ts';

interface Build {
  /** Null: all versions. */
  version: string | null;
}

/** What a document lists under one package name and platform. */
export interface Listed {
  fixed: Build[];
  affected: Build[];
  notAffected: Build[];
}

/** Whether a version is affected: older than the build that fixes it in its line of versions, or listed as affected. */
export function judgeCsaf(listed: Listed, version: string, compare: CompareVersions): Outcome {
  const fixed = versionsOf(listed.fixed);
  if (fixed.some((fix) => compare(fix, version) === 0)) return { is: 'not-affected' };
  const ours = lineOf(fixed, version);
  const later = ours.filter((fix) => compare(version, fix) < 0).toSorted(compare);
  const fix = later.at(-1);
  if (fix !== undefined) return { is: 'affected', fixedIn: fix };
  if (ours.length > 0) return { is: 'not-affected' };
  const isNot = listed.notAffected.some((build) => matches(build, version, compare));
  const isIn = listed.affected.some(
    (build) => build.version === null || compare(version, build.version) <= 0,
  );
  if (isIn && !isNot) return { is: 'affected', fixedIn: null };
  return { is: 'not-affected' };
}

const versionsOf = (builds: readonly Build[]): string[] => [
  ...new Set(builds.flatMap(({ version }) => version ?? [])),
];

const matches = (build: Build, version: string, compare: CompareVersions): boolean =>
  build.version === null || compare(version, build.version) === 0;

const withoutEpoch = (version: string): string => version.replace(/^\d+:/, '');

/** `.el9_4` of `3.9.18-3.el9_4.5`: builds for one minor release have a line of their own. */
const minorOf = (version: string): string | null => /\.(el\d+_\d+)(?:\.|$)/.exec(version)?.[1] ?? null;
const majorOf = (version: string): string => /^\d*/.exec(withoutEpoch(version))?.[0] ?? '';

/**
 * Of several builds that fix it, those that a version is to be compared with: those of its own minor release, else those of
 * its own major version (streams of modules differ in it), else all.
 */
function lineOf(fixed: readonly string[], version: string): readonly string[] {
  if (fixed.length < 2) return fixed;
  const minor = minorOf(version);
  const sameMinor = fixed.filter((fix) => minor !== null && minorOf(fix) === minor);
  if (sameMinor.length > 0) return sameMinor;
  const sameMajor = fixed.filter((fix) => majorOf(fix) === majorOf(version));
  return sameMajor.length > 0 ? sameMajor : fixed;
}
