import { expect, test } from 'vitest';
import { failure } from './make-disk.ts';

test.each([
  [1, 'build-failed', /could not be put on a disk: tar: broken$/],
  [70, 'internal', /is not whole: tar: broken$/],
  [124, 'timeout', /was not on a disk after 900 s/],
])('what ends with %i is %s', (exitCode, code, says) => {
  expect(failure(exitCode, 'tar: broken')).toMatchObject({
    code,
    message: expect.stringMatching(says) as string,
  });
});
