import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, parseBuildPlatform, parseSize } from './units.ts';
import { platformText } from '../model/platform.ts';

describe('parseSize', () => {
  it.each([
    ['1B', 1],
    ['64MiB', 64 * 1024 ** 2],
    ['4GiB', 4 * 1024 ** 3],
  ])('reads %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', '4', '4GB', '4G', '-1GiB', '0GiB', '1.5GiB', ' 4GiB', '4 GiB', '4gib', '9999999TiB'])(
    'refuses "%s"',
    (text) => expect(parseSize(text)).toBeNull(),
  );
});

describe('parseDuration', () => {
  it.each([
    ['30s', 30],
    ['15m', 900],
    ['1h30m', 5400],
    ['1h1m1s', 3661],
  ])('reads %s', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

  it.each(['', '15', '15min', '1m1h', '0s', '-1m', '1d', '169h', '15 m'])('refuses "%s"', (text) =>
    expect(parseDuration(text)).toBeNull(),
  );
});

describe('parseBuildPlatform', () => {
  it('reads and writes', () => {
    expect(parseBuildPlatform('linux/arm64/v8')).toEqual({
      os: 'linux',
      architecture: 'arm64',
      variant: 'v8',
    });
    expect(platformText({ os: 'linux', architecture: 'amd64' })).toBe('linux/amd64');
  });

  it.each([
    ['amd64', /write it as/],
    ['linux/x86_64', /calls this architecture "amd64"/],
    ['windows/amd64', /only linux/],
    ['linux/vax', /must be one of/],
    ['linux/toString', /must be one of/],
    ['linux/arm64/', /write it as/],
    ['linux/arm64/8', /looks like v8/],
    ['linux/arm64/v8/x', /write it as/],
  ])('says what is wrong with %s', (text, complaint) => expect(parseBuildPlatform(text)).toMatch(complaint));

  it('answers for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const platform = parseBuildPlatform(text);
        return typeof platform === 'string' || platformText(platform) === text;
      }),
    );
  });
});
