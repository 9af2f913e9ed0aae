import { Command, CommanderError, Option } from 'commander';
import { expect, test } from 'vitest';
import { bisectCommand } from './bisect.ts';
import { bootCommand } from './boot.ts';
import { diffCommand } from './diff.ts';
import { gateCommand } from './gate.ts';
import { jobPrepareCommand } from './job-prepare.ts';
import { wholeNumber } from './options.ts';
import { verifyCommand } from './verify.ts';

test.each([
  '',
  ' ',
  '-1',
  '+1',
  '1.0',
  '1e2',
  '0x10',
  '１',
  '1 ',
  '4',
  '0',
  '99999999999999999999',
  'Infinity',
])('"%s" is no whole number from 1 to 3', (text) =>
  expect(() => wholeNumber(1, 3)(text)).toThrow('expected a whole number from 1 to 3.'),
);

test.each(['1', '3', '003'])('"%s" is one', (text) => {
  expect(wholeNumber(1, 3)(text)).toBe(Number(text));
});

const COMMANDS = [
  verifyCommand(),
  bisectCommand(),
  bootCommand(),
  diffCommand(),
  gateCommand(),
  jobPrepareCommand(),
];
/** By their placeholder: `<n>`, or a unit. */
const numbers = COMMANDS.flatMap((command) =>
  command.options
    .filter(({ flags }) => /<(n|days|seconds)>$/.test(flags))
    .map((option): [string, Command, Option] => [`${command.name()} ${option.long ?? ''}`, command, option]),
);

test('every command with numbers is among these', () => {
  expect(numbers.map(([name]) => name)).toEqual([
    'verify --placement-deadline',
    'verify --jobs',
    'verify --builds',
    'verify --seed',
    'bisect --seed',
    'bisect --builds',
    'boot --cuts',
    'boot --seed',
    'diff --max-diffs',
    'gate --max-age',
    'prepare --seed',
    'prepare --builds',
  ]);
});

test.each(numbers)('%s has bounds, and says them', (_, command, option) => {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  for (const value of ['-1', '1.5', 'x', '99999999999', '1e3', '']) {
    let error: unknown;
    try {
      command.parse([option.long ?? '', value], { from: 'user' });
    } catch (cause) {
      error = cause;
    }
    expect(error, value).toBeInstanceOf(CommanderError);
    expect((error as Error).message, value).toMatch(/expected a whole number from \d+ to \d+\./);
  }
});

test('what cannot be none is at least one', () => {
  const least = (name: string): string => numbers.find(([each]) => each === name)?.[2].long ?? '';
  for (const [name, command] of numbers.filter(([each]) => /jobs|cuts|builds/.test(each))) {
    expect(() => command.parse([least(name), '0'], { from: 'user' })).toThrow(/from [12] to/);
  }
});
