import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRpmVersions, splitEvr } from './rpm-version.ts';

const evr = fc.stringMatching(/^([0-9]{1,2}:)?[0-9A-Za-z._+~^]{1,8}(-[0-9A-Za-z._~^]{1,4})?$/);

describe('compareRpmVersions', () => {
  it.each([
    ['1.0~rc1-1', '1.0-1'],
    ['1.0-1', '1.0^git1-1'],
    ['1.0^git1-1', '1.0.1-1'],
    ['1.0^git1~pre-1', '1.0^git1-1'],
    ['1.9-1', '1.10-1'],
    ['9-1', '1:0-1'],
    ['1.0-1.fc43', '1.0-1.fc44'],
    ['1.a-1', '1.1-1'],
    ['1.0', '1.0-1'],
    ['1.0a-1', '1.0b-1'],
    ['99999999999999999999-1', '100000000000000000000-1'],
  ])('puts %s before %s', (lower, higher) => {
    expect(compareRpmVersions(lower, higher)).toBeLessThan(0);
    expect(compareRpmVersions(higher, lower)).toBeGreaterThan(0);
  });

  it.each([
    ['1.0-1', '0:1.0-1'],
    ['1.0-1', '1_0-1'],
    ['1.05-1', '1.5-1'],
  ])('holds %s and %s for equal', (a, b) => expect(compareRpmVersions(a, b)).toBe(0));

  it('is an order', () => {
    fc.assert(
      fc.property(evr, evr, evr, (a, b, c) => {
        expect(Math.sign(compareRpmVersions(a, b))).toBe(0 - Math.sign(compareRpmVersions(b, a)));
        const [low, middle, high] = [a, b, c].sort(compareRpmVersions) as [string, string, string];
        expect(compareRpmVersions(low, middle)).toBeLessThanOrEqual(0);
        expect(compareRpmVersions(low, high)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => compareRpmVersions(text, text) === 0));
  });
});

describe('splitEvr', () => {
  it('takes the first colon and the last dash', () => {
    expect(splitEvr('3:1.2-3-4')).toEqual({ epoch: '3', version: '1.2-3', release: '4' });
    expect(splitEvr('1.2')).toEqual({ epoch: '0', version: '1.2', release: null });
  });
});
