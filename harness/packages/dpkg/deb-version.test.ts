import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDebVersions, splitDebVersion } from './deb-version.ts';

const version = fc.stringMatching(/^([0-9]{1,2}:)?[0-9][0-9A-Za-z.+~-]{0,8}$/);

describe('compareDebVersions', () => {
  it.each([
    ['1.0~rc1', '1.0'],
    ['1.0', '1.0+b1'],
    ['1.0-1', '1.0-1+b1'],
    ['1.0-1~bpo12+1', '1.0-1'],
    ['1.9', '1.10'],
    ['9', '1:0'],
    ['1.0', '1.0-1'],
    ['1.0a', '1.0+'],
    ['99999999999999999999', '100000000000000000000'],
    ['1.2-a-1', '1.2-b-0'],
    ['~~', '~'],
    ['~', ''],
  ])('puts %s before %s', (lower, higher) => {
    expect(compareDebVersions(lower, higher)).toBeLessThan(0);
    expect(compareDebVersions(higher, lower)).toBeGreaterThan(0);
  });

  it.each([
    ['1.0', '0:1.0'],
    ['1.00', '1.0'],
    ['1.0', '1.0-0'],
    ['01:2', '1:2'],
  ])('holds %s and %s for equal', (a, b) => expect(compareDebVersions(a, b)).toBe(0));

  it('is an order', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareDebVersions(a, b))).toBe(0 - Math.sign(compareDebVersions(b, a)));
        const [low, middle, high] = [a, b, c].sort(compareDebVersions) as [string, string, string];
        expect(compareDebVersions(low, middle)).toBeLessThanOrEqual(0);
        expect(compareDebVersions(low, high)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => compareDebVersions(text, text) === 0));
  });
});

describe('splitDebVersion', () => {
  it('takes the first colon and the last dash', () => {
    expect(splitDebVersion('2:1.0:b-3-4')).toEqual({ epoch: '2', upstream: '1.0:b-3', revision: '4' });
    expect(splitDebVersion('1.0')).toEqual({ epoch: '0', upstream: '1.0', revision: '' });
  });
});
