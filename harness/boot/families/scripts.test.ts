import { expect, test } from 'vitest';
import { HUNG, fault } from './scripts.ts';

const result = (status: number, stderr = '', timedOut = false): Parameters<typeof fault>[0] => ({
  ...{ status, stdout: Buffer.alloc(0), stderr: Buffer.from(stderr), timedOut },
});

test.each([
  ['ended well', result(0), null],
  ['said why not', result(1, 'error: no\n  room'), 'error: no room'],
  ['said nothing', result(2), 'exit code 2'],
  ['hung', result(137, 'half a word', true), HUNG],
])('what %s', (_what, ended, words) => {
  expect(fault(ended)).toBe(words);
});

test('what never came to the release refused nothing', () => {
  expect(() => fault(result(76, "mount: unknown filesystem type 'ext4'."))).toThrow(
    expect.objectContaining({
      code: 'unsupported',
      message: expect.stringContaining("unknown filesystem type 'ext4'") as string,
    }),
  );
});
