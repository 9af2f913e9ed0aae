import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareApkVersions } from './apk-version.ts';

/** Each is older than the one after it. */
const ORDERED = [
  '0.1.0_alpha_pre2',
  '0.1.0_alpha',
  '0.1.0_alpha2',
  '0.1.0_beta',
  '0.1.0_pre1',
  '0.1.0_rc1',
  '0.1.0',
  '0.1.0-r1',
  '0.1.0-r10',
  '0.1.0_cvs1',
  '0.1.0_git20240101',
  '0.1.0_p9-r0',
  '0.1.0_p10-r0',
  '0.1.0a',
  '0.1.0b-r7',
  '0.1.0.1',
  '1.02.07',
  '1.02.10-r1',
  '1.2',
  '1.10',
  '006',
  '87-r1',
  '103',
  '20060512',
];

test('older versions come first', () => {
  for (const [i, older] of ORDERED.entries())
    for (const [j, newer] of ORDERED.entries())
      expect(Math.sign(compareApkVersions(older, newer)), `${older} ${newer}`).toBe(Math.sign(i - j));
  expect(compareApkVersions('1.0', '1.0-r0')).toBe(0);
  expect(compareApkVersions('1.0~deadbeef-r1', '1.0-r1')).toBe(0);
});

test('what is no version is compared as far as it is one', () => {
  expect(compareApkVersions('23_foo', '4_beta')).toBeGreaterThan(0);
  expect(compareApkVersions('1.0', '1.0bc')).toBeLessThan(0);
  expect(compareApkVersions('', '0')).toBeLessThanOrEqual(0);
});

test('the order is total', () => {
  const version = fc.stringMatching(/^[0-9.]{0,4}[ab]?(?:_(?:rc|p|foo)\d?)?(?:-r\d)?$/);
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareApkVersions(a, b))).toBe(-Math.sign(compareApkVersions(b, a)) + 0);
      const [first = '', second = '', third = ''] = [a, b, c].toSorted(compareApkVersions);
      expect(compareApkVersions(first, third)).toBeLessThanOrEqual(0);
      expect(compareApkVersions(second, third)).toBeLessThanOrEqual(0);
    }),
  );
});
