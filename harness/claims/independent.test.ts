import { expect, test } from 'vitest';
import { judge } from './independent.ts';

interface Place {
  node: string;
  bootId: string | null;
}

const build = (twin: string, { node, bootId }: Place, built = true) => ({
  twin,
  environment: [],
  started: new Date(0),
  seconds: 1,
  outcome: built
    ? { built: true as const, image: 'oci:x' }
    : { built: false as const, error: { code: 'build-failed' as const, message: 'it ended' } },
  networkAttempts: 0,
  refused: [],
  log: null,
  logDropped: 0,
  host: { node, bootId, kernel: '6', cpu: null, architecture: 'x86_64' },
});

const judged = (...places: Place[]) =>
  judge(
    places.map((place, index) => build(String.fromCharCode(65 + index), place)),
    [],
  );

test('holds only where no two builds had node or kernel in common', () => {
  expect(judged({ node: 'a', bootId: '1' }, { node: 'b', bootId: '2' })).toMatchObject({
    verdict: 'pass',
    summary: 'built on different hosts: A on a, B on b',
    detail: { placement: 'different-hosts' },
  });
});

test.each([
  ['A and B were built on one node, a', { node: 'a', bootId: '1' }],
  ['A and B were built on one node, a, with a kernel each', { node: 'a', bootId: '2' }],
  ['A and B were built on one kernel, in nodes a and b', { node: 'b', bootId: '1' }],
])('%s', (summary, second) => {
  const finding = judged({ node: 'a', bootId: '1' }, second);
  expect(finding).toMatchObject({ verdict: 'fail', summary: expect.stringContaining(summary) as string });
});

test('of many builds the two that were nearest decide, and are named', () => {
  const far = [
    { node: 'a', bootId: '1' },
    { node: 'b', bootId: '2' },
    { node: 'c', bootId: '2' },
    { node: 'a', bootId: '1' },
  ];
  expect(judged(...far)).toMatchObject({ verdict: 'fail', summary: 'A and D were built on one node, a' });
});

test('without a boot id, or without a build, nothing is known', () => {
  const unread = judged({ node: 'a', bootId: '1' }, { node: 'b', bootId: null });
  expect(unread).toMatchObject({
    verdict: 'error',
    error: {
      code: 'unsupported',
      message: 'build B could not read the boot id of the kernel that it ran on',
    },
  });
  const apart = [build('A', { node: 'a', bootId: '1' }), build('B', { node: 'b', bootId: '2' }, false)];
  expect(judge(apart, [])).toMatchObject({ verdict: 'error', error: { code: 'build-failed' } });
});
