import type { CauseDefinition } from '../cause.ts';
import { claimOf } from '../claim.ts';
import { wholeClaim } from '../whole.ts';
import type { DifferenceSite } from '../types.ts';

const FIX =
  'keep the profile in the sources instead of measuring during the build, or build without -fprofile-use';
const DURATION = /^(?:\d+m)?\d+(?:[.,]\d+)?\s?(?:ns|us|µs|ms|s|sec|seconds?|min)?$/;
const YEAR = /^(?:19|20)\d{2}$/;
const SPEAKS =
  /\belapsed\b|\btook\b|\bduration\b|\bseconds?\b|\bms\b|\breal\b|\buser\b|\bsys\b|\btime:|\bfinished in\b|\bbenchmark\b/i;

const isDuration = ({ kind, a, b, lineA }: DifferenceSite): boolean =>
  kind === 'text' &&
  DURATION.test(a) &&
  DURATION.test(b) &&
  !(YEAR.test(a) && YEAR.test(b)) &&
  (SPEAKS.test(lineA) || /[a-zµ]$/.test(a)) &&
  a !== b;

/** Results of profiling or measuring during the build. */
export const profileGuided: CauseDefinition = {
  id: 'profile-guided',
  covers: 'results of profiling or measuring during the build',
  fix: FIX,
  refutedBy: 'equal-builds',
  explain(seen) {
    const { entry, recipe, sites } = seen;
    if (/\.(?:gcda|profdata|profraw|pgc|pgd)$/.test(entry.path)) {
      return wholeClaim(seen, {
        confidence: 'likely',
        why: 'a profile of a program that ran during the build',
        fix: FIX,
      });
    }
    const elf = /-fprofile-use|-fauto-profile|\bpgo\b/i.test(recipe)
      ? sites.filter(({ format }) => format === 'elf')
      : [];
    const why =
      elf.length > 0
        ? 'compiled from a profile that was measured during the build'
        : 'how long something took';
    const fix = elf.length > 0 ? FIX : 'leave measured times out of what is written';
    return claimOf([...sites.filter(isDuration), ...elf], 'likely', { why, fix });
  },
};
