import { describe, expect, it } from 'vitest';
import type { EntryDiff } from '../compare/types.ts';
import { contextOf, textEntry, reported } from '../testing/explain/entry.ts';
import type { Context } from './types.ts';
import type { Variation } from '../model/variations.ts';

const file = (a: string, b: string, path = 'file'): EntryDiff =>
  textEntry(path, a === '' ? '' : `${a}\n`, b === '' ? '' : `${b}\n`);

const set = (variation: Variation, a: string, b: string, recipe = ''): Context =>
  contextOf(recipe, { [variation]: [a, b] });

const clock = (ahead: number): Context => {
  const context = contextOf();
  return { ...context, b: { ...context.b, ahead } };
};

const LISTS = 'RUN ls -U /work > /file';
const SORTS = "RUN printf 'z\\nt\\n' | sort > /file";
const TERMINALS = ['dumb 97×31', 'xterm-256color 173×67'] as const;
const MEMORY = ['3228618752', '3238187008'] as const;
const PATHS = ['ptwkgtdpkbgr', 'hpmtgkhwcfrv'] as const;

/** What was set in each build, and what then stands in its image. */
const CASES: [string, EntryDiff, Context, string[]][] = [
  [
    'variable',
    file('rqjcncbvhcnc', 'qnhhnmpfkbgn'),
    set('environment', 'rqjcncbvhcnc', 'qnhhnmpfkbgn'),
    ['environment proven'],
  ],
  [
    'PATH',
    file('/bin:/opt/ptwkgtdpkbgr/bin', '/bin:/opt/hpmtgkhwcfrv/bin'),
    set('path', ...PATHS),
    ['environment proven'],
  ],
  [
    'PATH of the other build',
    file('/opt/hpmtgkhwcfrv/bin', '/opt/ptwkgtdpkbgr/bin'),
    set('path', ...PATHS),
    ['unknown likely'],
  ],
  ['memory', file(...MEMORY), set('memory', ...MEMORY), ['environment proven']],
  ['memory of one build alone', file('3228618752', ''), set('memory', ...MEMORY), ['unknown likely']],
  ['terminal', file('dumb', 'xterm-256color'), set('terminal', ...TERMINALS), ['environment proven']],
  ['columns', file('COLUMNS=97', 'COLUMNS=173'), set('terminal', ...TERMINALS), ['environment proven']],
  ['terminal and lines mixed up', file('dumb', '67'), set('terminal', ...TERMINALS), ['unknown likely']],
  [
    'build path',
    file('/nvqgpbdwhrcg/src', '/hftbrnrmdkbb/src'),
    set('build-path', 'nvqgpbdwhrcg', 'hftbrnrmdkbb'),
    ['build-path proven'],
  ],
  [
    'build path that only one build sees',
    file('/nvqgpbdwhrcg/src', ''),
    set('build-path', 'nvqgpbdwhrcg', 'hftbrnrmdkbb'),
    ['build-path likely'],
  ],
  [
    'stack without and with randomisation',
    file('7ffffffde000', '7ffff70d9000'),
    set('aslr', 'off', 'on'),
    ['address-space proven'],
  ],
  [
    'program with and without randomisation',
    file('5581a2b3c4d0', '5555555592a0'),
    set('aslr', 'on', 'off'),
    ['address-space proven'],
  ],
  [
    'twelve random digits',
    file('5581a2b3c4d1', '5592aab3c4d0'),
    set('aslr', 'off', 'on'),
    ['randomness likely'],
  ],
  [
    'pages of which nothing is known',
    file('7ffffffde000', '7ffc170d9000'),
    contextOf(),
    ['address-space likely', 'randomness likely'],
  ],
  [
    'folder in reverse',
    file('one\nthree\ntwo', 'two\nthree\none'),
    set('directory-order', 'as it is', 'reversed', LISTS),
    ['entry-order likely', 'hash-order likely'],
  ],
  [
    'three items, folders as they are',
    file('one\nthree\ntwo', 'two\nthree\none'),
    contextOf(LISTS),
    ['hash-order likely'],
  ],
  [
    'Estonian order',
    file('t\nz', 'z\nt'),
    set('locale', 'C.UTF-8@x', 'et_EE.UTF-8@y', SORTS),
    ['locale likely'],
  ],
  [
    'Estonian order in the other build',
    file('z\nt', 't\nz'),
    set('locale', 'C.UTF-8@x', 'et_EE.UTF-8@y', SORTS),
    ['hash-order likely'],
  ],
  [
    'two items that nobody sorted',
    file('t\nz', 'z\nt'),
    set('locale', 'C.UTF-8@x', 'et_EE.UTF-8@y'),
    ['hash-order likely'],
  ],
  ['year of a clock', file('2026', '2028'), clock(53_591_007), ['timestamp-content likely']],
  ['year of no clock', file('2026', '2029'), clock(53_591_007), ['unknown likely']],
  ['year, clocks alike', file('2026', '2028'), contextOf(), ['unknown likely']],
];

describe('what the environments of the builds tell', () => {
  it.each(CASES)('%s', (_, entry, context, expected) => {
    expect(reported(entry, context)).toEqual(expected);
  });

  it('two random words are no host names, unless something speaks of a host', () => {
    const words = ['3f9c01d2aa7b', 'b7e45c9910fd'] as const;
    expect(reported(file(...words, 'etc/token'))).toEqual(['randomness likely']);
    expect(reported(file(...words, 'etc/hostname'))).toEqual(['hostname likely', 'randomness likely']);
    expect(reported(file(...words, 'etc/token'), set('hostname', ...words))).toEqual(['hostname proven']);
    expect(reported(file(`${words[0]}3f9c01d2`, `${words[1]}3f9c01d3`, 'etc/token'))).toEqual([
      'randomness likely',
    ]);
  });
});
