import type { CauseDefinition } from '../cause.ts';
import { UNAME_RELEASE } from '../fixes/programs.ts';
import { claimOf } from '../claim.ts';
import { markerClaim } from '../markers.ts';
import type { DifferenceSite } from '../types.ts';

const FIX = 'leave uname out: give the kernel version or machine as a fixed value';

const RELEASE = /^[2-9]\.\d{1,3}(?:\.\d{1,3})?(?:[-+._]\S*)?$/;
const SPEAKS = /\blinux\b|\bkernel\b|\buname\b|\bSMP\b|PREEMPT|build host|UTS_RELEASE|utsname/i;
/** Releases of kernels that distributions ship: 6.1.0-18-amd64, 5.15.0-91-generic, 5.14.0-427.el9.x86_64. */
const SHIPPED =
  /^\d+\.\d+\.\d+-\d+(?:-(?:\w+-)?(?:amd64|arm64|generic|lowlatency|azure|aws|gcp|oracle|kvm|virt|lts)|\.[\d.]+\.el\d\w*\.\w+)$/;

/** What setarch --uname-2.6 makes of a release: 3.x is 2.6.(40 + x), later ones are 2.6.(60 + x). Linux, kernel/sys.c. */
function isPersonality(old: string, real: string): boolean {
  const [, given, rest = ''] = /^2\.6\.(\d{2,3})(.*)$/.exec(old) ?? [];
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(real) ?? [];
  if (given === undefined || major === undefined || minor === undefined || Number(major) < 3) return false;
  return Number(given) === Number(minor) + (major === '3' ? 40 : 60) && !/^[a-z]/i.test(rest);
}

function isRelease({ kind, a, b, lineA }: DifferenceSite, recipe: string): boolean {
  if (kind !== 'text') return false;
  const [one, other] = [a, b].map((text) => text.replace(/^.*=/, ''));
  if (one === undefined || other === undefined || !RELEASE.test(one) || !RELEASE.test(other)) return false;
  return (
    isPersonality(one, other) ||
    isPersonality(other, one) ||
    (SHIPPED.test(one) && SHIPPED.test(other)) ||
    SPEAKS.test(lineA) ||
    /\buname\b|\/proc\/version|platform\.(?:release|uname)/.test(recipe)
  );
}

/** Name, release or version of the running kernel. */
export const kernel: CauseDefinition = {
  id: 'kernel',
  covers: 'kernel name, release or version',
  fix: FIX,
  provenBy: ['kernel'],
  standsFor: ['kernel'],
  rewrites: [UNAME_RELEASE],
  explain({ sites, recipe }, context) {
    const markers = markerClaim(sites, ['kernel'], context, FIX);
    if (markers !== null) return markers;
    const releases = sites.filter((site) => isRelease(site, recipe));
    return claimOf(releases, 'likely', { why: 'releases of the running kernel', fix: FIX });
  },
};
