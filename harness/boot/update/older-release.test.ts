import { expect, test } from 'vitest';
import { olderFiles } from './older-release.ts';

test.each([
  ['NAME=x\nIMAGE_VERSION=1\nA=b\n', 'NAME=x\nIMAGE_VERSION="0"\nA=b\n'],
  ['IMAGE_VERSION="41.2"\n', 'IMAGE_VERSION="41.1"\n'],
])('an older release has an older version in place of that in %j', (osRelease, older) => {
  expect(olderFiles(osRelease).get('usr/lib/os-release')).toBe(older);
});

test('what says no version of the image is left as it is', () => {
  expect([...olderFiles('VERSION_ID="12"\n').keys()]).toEqual(['usr/share/older-release']);
  expect([...olderFiles().keys()]).toEqual(['usr/share/older-release']);
});
