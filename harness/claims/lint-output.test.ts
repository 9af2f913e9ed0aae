import { expect, test } from 'vitest';
import { parseLint } from './lint-output.ts';

const WARNING = 'Lint warning: var-log: Found non-empty logfiles:\n  /var/log/dpkg.log\n\n';
const FAILED = 'Failed lint: var-run: Not a symlink: var/run\n';
const END = 'error: Linting: Checks failed: 1\n';

const WARNED = ['var-log: Found non-empty logfiles:'];
test.each<[string, number, string, ReturnType<typeof parseLint>]>([
  ['nothing', 0, 'Checks passed: 11\nChecks skipped: 1\n', { failed: [], warnings: [], passed: 11 }],
  [
    'a warning',
    0,
    `${WARNING}Checks passed: 10\nWarnings: 1\n`,
    { failed: [], warnings: WARNED, passed: 10 },
  ],
  [
    'a fault',
    1,
    `${FAILED}Checks passed: 9\n${END}`,
    { failed: ['var-run: Not a symlink: var/run'], warnings: [], passed: 9 },
  ],
  [
    'a fatal warning',
    1,
    `${WARNING}Checks passed: 10\nWarnings: 1\n${END}`,
    { failed: [], warnings: WARNED, passed: 10 },
  ],
])('of an image that has %s', (_what, exitCode, output, found) => {
  expect(parseLint({ exitCode, output })).toEqual(found);
});

test.each<[string, number, string, string]>([
  ['has no such command', 2, "error: unrecognized subcommand 'lint'\n", 'its bootc cannot lint'],
  [
    'breaks',
    1,
    'error: Linting: Permission denied\n',
    'did not say what it found: error: Linting: Permission',
  ],
  ['says nothing, and ends well', 0, '', 'did not say what it found: exit code 0'],
  ['names a fault, and ends well', 0, `${FAILED}Checks passed: 9\n`, 'did not say what it found'],
  ['names none, and does not end well', 1, `Checks passed: 9\n${END}`, 'did not say what it found'],
])('one that %s is unsupported, and no verdict', (_what, exitCode, output, reason) => {
  const parse = (): unknown => parseLint({ exitCode, output });
  expect(parse).toThrow(expect.objectContaining({ code: 'unsupported' }));
  expect(parse).toThrow(reason);
});
