import type { NamedPackage } from './csaf-package.ts';
import { type CompareVersions, NOT_AFFECTED, type Outcome } from './types.ts';
import { fixOf, isInRange } from './version-range.ts';

export type Build = Pick<NamedPackage, 'version' | 'range' | 'module'> & { hasFix: boolean };

/** What a document lists under one package name on the platform of the image, by product status. */
export interface Listed {
  fixed: Build[];
  affected: Build[];
  firstAffected: Build[];
  lastAffected: Build[];
  notAffected: Build[];
  /** Under investigation, or unknown to those who looked. */
  open: Build[];
}

export const nothingListed = (): Listed => ({
  ...{ fixed: [], affected: [], firstAffected: [], lastAffected: [], notAffected: [], open: [] },
});

type Fit = 'exact' | 'range' | 'all' | 'no' | 'unreadable';

/**
 * Whether a version is affected: what is said of exactly this version counts before what is said of a range, and that before
 * what is said of all; older than the build that fixes it in its line of versions is affected. Of two that say the opposite
 * equally exactly the worse one counts.
 */
export function judgeCsaf(
  listed: Listed,
  version: string,
  stream: string | null,
  compare: CompareVersions,
): Outcome {
  const ours = ofStream(listed, version, stream);
  const fit = (builds: readonly Build[], wanted: Fit): Build | undefined =>
    builds.find((build) => fitOf(build, version, compare) === wanted);
  for (const kind of ['exact', 'range'] as const) {
    const affected = fit(ours.affected, kind);
    if (affected !== undefined) return affectedBy(affected, ours, version, compare);
    if (fit([...ours.fixed, ...ours.notAffected], kind) !== undefined) return NOT_AFFECTED;
  }
  const { later, line } = fixesFor(ours.fixed, version, compare);
  if (later !== null) return { is: 'affected', fixedIn: later, hasFix: true };
  if (line > 0) return NOT_AFFECTED;
  const general = fit(ours.affected, 'all');
  if (general !== undefined) return affectedBy(general, ours, version, compare);
  if (fit(ours.notAffected, 'all') !== undefined) return NOT_AFFECTED;
  if (isBetween(ours, version, compare)) return affectedBy(undefined, ours, version, compare);
  const open = ours.open.find((build) => !['no', 'unreadable'].includes(fitOf(build, version, compare)));
  if (open !== undefined)
    return { is: 'undecided', why: 'whether it is affected is not known yet', hasFix: false };
  const unreadable = fit([...ours.affected, ...ours.fixed, ...ours.open], 'unreadable');
  return unreadable === undefined
    ? NOT_AFFECTED
    : { is: 'undecided', why: 'it names versions in words', hasFix: unreadable.hasFix };
}

function fitOf({ version: built, range }: Build, version: string, compare: CompareVersions): Fit {
  if (built !== null) return compare(built, version) === 0 ? 'exact' : 'no';
  if (range === undefined) return 'unreadable';
  if (range === null) return 'all';
  return isInRange(range, version, compare) ? 'range' : 'no';
}

function affectedBy(
  build: Build | undefined,
  { fixed }: Listed,
  version: string,
  compare: CompareVersions,
): Outcome {
  const bound = build?.range == null ? null : fixOf(build.range, version, compare);
  const fixedIn = fixesFor(fixed, version, compare).later ?? bound;
  return { is: 'affected', fixedIn, hasFix: fixedIn !== null || build?.hasFix === true };
}

/** Between the first and the last that are affected, each where it is given. */
function isBetween(
  { firstAffected, lastAffected }: Listed,
  version: string,
  compare: CompareVersions,
): boolean {
  const first = firstAffected.flatMap((build) => build.version ?? []);
  const last = lastAffected.flatMap((build) => build.version ?? []);
  if (first.length === 0 && last.length === 0) return firstAffected.length + lastAffected.length > 0;
  return (
    (first.length === 0 || first.some((one) => compare(version, one) >= 0)) &&
    (last.length === 0 || last.some((one) => compare(version, one) <= 0))
  );
}

/**
 * What is said of the stream of a module counts for packages of that stream only; where something is said of the package's
 * own, nothing else counts.
 */
function ofStream(listed: Listed, version: string, stream: string | null): Listed {
  const isModular = stream !== null || /\.module[+_]/.test(version);
  const all = Object.values(listed) as Build[][];
  const hasOwn = stream !== null && all.some((builds) => builds.some(({ module }) => module === stream));
  const isOurs = ({ module }: Build): boolean =>
    module === null ? !hasOwn : stream === null ? isModular : module === stream;
  return Object.fromEntries(
    Object.entries(listed).map(([key, builds]: [string, Build[]]) => [key, builds.filter(isOurs)]),
  ) as unknown as Listed;
}

/** The build that fixes it in the line of a version, null where none is later; and how many builds that line has. */
function fixesFor(
  fixed: readonly Build[],
  version: string,
  compare: CompareVersions,
): { later: string | null; line: number } {
  const line = lineOf([...new Set(fixed.flatMap((build) => build.version ?? []))], version);
  const later = line.filter((fix) => compare(version, fix) < 0).toSorted(compare);
  return { later: later.at(-1) ?? null, line: line.length };
}

const withoutEpoch = (version: string): string => version.replace(/^\d+:/, '');

/** `.el9_4` of `3.9.18-3.el9_4.5`: builds for one minor release have a line of their own. */
const minorOf = (version: string): string | null => /\.(el\d+_\d+)(?:\.|$)/.exec(version)?.[1] ?? null;
const majorOf = (version: string): string => /^\d*/.exec(withoutEpoch(version))?.[0] ?? '';

/**
 * Of several builds that fix it, those that a version is to be compared with: those of its own major version (streams of
 * modules differ in it), else all; among these those of its own minor release, where there are any.
 */
function lineOf(fixed: readonly string[], version: string): readonly string[] {
  if (fixed.length < 2) return fixed;
  const sameMajor = fixed.filter((fix) => majorOf(fix) === majorOf(version));
  const line = sameMajor.length > 0 ? sameMajor : fixed;
  const minor = minorOf(version);
  const sameMinor = line.filter((fix) => minor !== null && minorOf(fix) === minor);
  return sameMinor.length > 0 ? sameMinor : line;
}
