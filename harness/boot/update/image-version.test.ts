import { expect, test } from 'vitest';
import { imageVersion, ofVersion, versionAfter, versionBefore } from './image-version.ts';

test.each([
  ['IMAGE_VERSION=1\n', '1', 'IMAGE_VERSION="1.1"\n'],
  ['NAME=x\nIMAGE_VERSION="41.2"\nID=x\n', '41.2', 'NAME=x\nIMAGE_VERSION="41.2.1"\nID=x\n'],
])('a release after that in %j', (osRelease, version, next) => {
  expect(imageVersion(osRelease)).toBe(version);
  expect(ofVersion(osRelease, versionAfter(version)).get('usr/lib/os-release')).toBe(next);
});

test('what says no version stays as it is', () => {
  expect(imageVersion('VERSION_ID="12"\n')).toBe(null);
  expect(ofVersion('VERSION_ID="12"\n', '2').size).toBe(0);
});

test.each([
  ['1', '0'],
  ['41.2', '41.1'],
  ['41.0', '40.0'],
  ['2026.10', '2026.09'],
  ['20260101T000000', '20260100T000000'],
  ['0', null],
  ['rolling', null],
])('before %s comes %s', (version, before) => {
  expect(versionBefore(version)).toBe(before);
});
