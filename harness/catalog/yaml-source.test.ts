import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorLine, TwinproofError } from '../errors.ts';
import { MAX_YAML_BYTES, parseYaml } from './yaml-source.ts';

const parse = (text: string | Uint8Array): ReturnType<typeof parseYaml> =>
  parseYaml(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'c.yaml');

function complaintOf(text: string | Uint8Array): string {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(TwinproofError);
    return errorLine(error);
  }
  return '';
}

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat(
    'b c d e f g h i'.split(' ').map(
      (name, i) =>
        `${name}: &${name} [${Array(9)
          .fill(`*${'abcdefghi'[i] ?? ''}`)
          .join(', ')}]`,
    ),
  )
  .join('\n');

describe('parseYaml', () => {
  it('knows where values and keys are', () => {
    const source = parse('a:\n  - b: 1\n    c:\n');
    expect(source.value).toEqual({ a: [{ b: 1, c: null }] });
    expect(source.placeOf(['a', 0, 'b'])).toEqual({ file: 'c.yaml', line: 2, column: 8 });
    expect(source.placeOfKey(['a', 0, 'b'])).toEqual({ file: 'c.yaml', line: 2, column: 5 });
    expect(source.placeOf(['a', 0, 'missing', 'deeper'])).toEqual({ file: 'c.yaml', line: 2, column: 5 });
    expect(source.placeOf(['a', 7])).toEqual({ file: 'c.yaml', line: 2, column: 3 });
  });

  it('follows aliases', () => {
    const source = parse('a: &x { b: 1 }\nc: *x\n');
    expect(source.value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    expect(source.placeOf(['c', 'b'])).toMatchObject({ line: 1, column: 12 });
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['broken syntax', 'a: [', /^c.yaml:1:5: catalog-invalid: Flow sequence/],
    ['a key given twice', 'a: 1\na: 2\n', /^c.yaml:2:1: .*"a" is given twice; remove one/],
    ['an alias without anchor', 'a: *x\n', /^c.yaml:1:4: .*"x" has no anchor before it/],
    ['an alias inside itself', 'a: &x [*x]\n', /expand to too much/],
    ['an alias bomb', bomb, /expand to too much/],
    ['too many aliases', `a: &x 1\nb: [${'*x,'.repeat(1001)}]`, /more than 1000 aliases/],
    ['a key that is no text', '? [a]\n: 1\n', /key must be plain text/],
    ['an unknown tag', 'a: !!evil 1\n', /Unresolved tag/],
    ['two documents', 'a: 1\n---\nb: 1\n', /^c.yaml:2:1: .*second document/],
    ['deep flow nesting', '['.repeat(100_000), /nested more than 64 levels/],
    ['deep block nesting', '- '.repeat(10_000), /nested more than 64 levels/],
    ['what is not UTF-8', new Uint8Array([0x61, 0xff]), /not UTF-8/],
    ['a file too large', new Uint8Array(MAX_YAML_BYTES + 1), /^c.yaml:1:1: .*bytes, more than/],
  ])('refuses %s', (_, text, complaint) => expect(complaintOf(text)).toMatch(complaint));

  it('gives several complaints one line each', () => {
    expect(complaintOf('a: 1\na: 2\nb: *x\n').split('\n')).toEqual([
      'c.yaml:2:1: catalog-invalid: the key "a" is given twice; remove one',
      'c.yaml:3:4: the alias "x" has no anchor before it',
    ]);
  });

  it('gets through what is made to be slow, within the time of a test', () => {
    expect(complaintOf(Array.from({ length: 50_000 }, (_, i) => `k${i}:\n`).join(''))).toBe('');
    expect(complaintOf(`a: &x 1\nb: [${'*x,'.repeat(60_000)}]`)).toMatch(/more than 1000 aliases/);
  });

  it('either reads any text or says what is wrong with it', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x',
      '*x',
      '"',
      "'",
      '|',
      '#',
      '?',
      '!',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        complaintOf(pieces.join(''));
      }),
    );
  });
});
