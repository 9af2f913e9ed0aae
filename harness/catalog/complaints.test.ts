import { describe, expect, it } from 'vitest';
import { errorLine } from '../errors.ts';
import { catalogInvalid, nearest, quoted } from './complaints.ts';

describe('catalogInvalid', () => {
  it('sorts by file, line and column, and shows 50', () => {
    const at = (
      file: string,
      line: number,
    ): { place: { file: string; line: number; column: number }; text: string } => ({
      place: { file, line, column: 1 },
      text: 'x',
    });
    const complaints = [at('b', 1), ...Array.from({ length: 60 }, (_, i) => at('a', 60 - i))];
    const lines = errorLine(catalogInvalid(complaints)).split('\n');
    expect(lines[0]).toBe('a:1:1: catalog-invalid: x');
    expect(lines[1]).toBe('a:2:1: x');
    expect(lines.at(-1)).toBe('and 11 more');
    expect(lines).toHaveLength(51);
  });
});

describe('quoted', () => {
  it('escapes what could steer a terminal, and shortens', () => {
    expect(quoted('a"b\\c\u001b[2J\u202e\n')).toBe('"a\\"b\\\\c\\u{1b}[2J\\u{202e}\\u{a}"');
    expect(quoted('x'.repeat(1000))).toHaveLength(83);
  });
});

describe('nearest', () => {
  it.each([
    ['containerFile', 'containerfile'],
    ['reproducable', 'reproducible'],
    ['zzz', null],
  ])('takes %s for %s', (name, meant) =>
    expect(nearest(name, ['containerfile', 'reproducible', 'run'])).toBe(meant),
  );
});
