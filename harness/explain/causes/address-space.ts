import type { CauseDefinition } from '../cause.ts';
import { claimOf } from '../claim.ts';
import { settings } from '../markers.ts';
import type { Context, DifferenceSite } from '../types.ts';

const FIX =
  'leave addresses out of what is written (in Python: no id() and no default repr of objects); setarch -R turns ASLR off for one step';

/** Addresses of x86-64 and arm64 user space: stack and libraries from 0x7e…, position independent programs from 0x55…; aaaa and ffff on arm64. */
const HEX =
  /(?:^|[^0-9a-z])(?:0x)?0{0,4}(?:7[ef]|5[56])[0-9a-f]{10}(?![0-9a-f])|(?:0x)(?:aaaa|ffff)[0-9a-f]{8}(?![0-9a-f])/i;

/** Alone, or behind letters, as in names that a program makes of it. */
function isDecimal(text: string): boolean {
  const number = Number(/^[A-Za-z_]*(\d{14,15})$/.exec(text)?.[1] ?? 0);
  return (
    (number >= 0x7e0000000000 && number < 0x800000000000) ||
    (number >= 0x550000000000 && number < 0x570000000000)
  );
}

function isAddress({ kind, a, b, lineA, lineB }: DifferenceSite): boolean {
  if (kind !== 'text' || a.length !== b.length) return false;
  if (isDecimal(a) && isDecimal(b)) return true;
  if (HEX.test(a) && HEX.test(b)) {
    // A container id has 12 digits too; an address is marked as one, padded, that of a page, or aligned.
    if (/000(?![0-9a-f])/i.test(a) && /000(?![0-9a-f])/i.test(b)) return true;
    return (
      /0x|^0{4}/i.test(a) || (/[08]$/.test(a) && /[08]$/.test(b) && / at |addr|pointer|object/i.test(lineA))
    );
  }
  return / at 0x[0-9a-f]{6,}/i.test(lineA) && / at 0x[0-9a-f]{6,}/i.test(lineB) && /0x[0-9a-f]+/i.test(a);
}

/** Where stack, libraries and programs begin without randomisation: of x86-64, then of arm64. */
const FIXED = /^(?:0x)?0{0,4}(?:7ffff[f67]|5555555|ffffff|fffff7|aaaaaaa)/i;

const isBare = (text: string): boolean => /^(?:0x)?0{0,4}[0-9a-f]{12}$/i.test(text);

/** The build whose addresses were not randomised has a fixed one, the other has another. */
function wasRandomised({ kind, a, b }: DifferenceSite, context: Context): boolean {
  const set = settings('aslr', context);
  if (kind !== 'text' || set === null || !isBare(a) || !isBare(b)) return false;
  if (!set.includes('off')) return false;
  const [fixed, random] = set[0] === 'off' ? [a, b] : [b, a];
  return FIXED.test(fixed) && HEX.test(random);
}

/** Pointers, which address space randomisation moves. */
export const addressSpace: CauseDefinition = {
  id: 'address-space',
  covers: 'pointers, ASLR',
  fix: FIX,
  provenBy: ['aslr'],
  standsFor: ['aslr'],
  explain({ sites }, context) {
    const set = sites.filter((site) => wasRandomised(site, context));
    if (set.length > 0) {
      const why =
        'an address of a process whose addresses were not randomised, and one of a process whose were';
      const addresses = [...new Set([...set, ...sites.filter(isAddress)])];
      return claimOf(addresses, 'proven', { why, fix: FIX });
    }
    const claim = claimOf(sites.filter(isAddress), 'likely', {
      why: 'addresses in the memory of a process',
      fix: FIX,
    });
    return claim;
  },
};
