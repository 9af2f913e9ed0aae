import { expect, test } from 'vitest';
import type { Cause, DiffResult } from '../compare/types.ts';
import { type Flip, withFlip } from './flip.ts';
import { difference } from '../testing/explain/difference.ts';
import { textEntry } from '../testing/explain/entry.ts';

function resultWith(causes: Cause[]): DiffResult {
  const entry = { ...textEntry('etc/file', '1\n', '2\n'), causes };
  return difference([entry], { config: [{ pointer: '/config/Labels/x', a: '1', b: '2', causes }] });
}

const cause = (id: string, evidence = 'line 1'): Cause => ({
  id,
  confidence: 'likely',
  evidence,
  fix: 'fix',
});
const flipOf = (variation: Flip['variations'][number]['variation'], paths = ['etc/file']): Flip => ({
  variations: [{ variation, value: 'something' }],
  equal: '1',
  differing: '4',
  paths,
});
const named = ({ entries }: DiffResult): string[] =>
  entries[0]?.causes.map(({ id, confidence }) => `${id} ${confidence}`) ?? [];

test('what building showed makes a likely cause a proven one, and keeps its fix', () => {
  const result = withFlip(resultWith([cause('hostname')]), flipOf('hostname'));
  expect(named(result)).toEqual(['hostname proven']);
  expect(result.entries[0]?.causes[0]?.fix).toBe('fix');
  expect(result.entries[0]?.causes[0]?.evidence).toContain(
    'build 4 differs from build 1 when hostname is something',
  );
});

test('it names what was not explained, and refutes chance', () => {
  expect(named(withFlip(resultWith([cause('unknown')]), flipOf('memory')))).toEqual(['environment proven']);
  expect(named(withFlip(resultWith([cause('randomness')]), flipOf('kernel')))).toEqual(['kernel proven']);
});

test('order by address is told from addresses, and both variations of two are named', () => {
  expect(named(withFlip(resultWith([cause('hash-order')]), flipOf('aslr')))).toEqual(['hash-order proven']);
  const both: Flip = {
    ...flipOf('user'),
    variations: [
      { variation: 'user', value: 'a' },
      { variation: 'hostname', value: 'b' },
    ],
  };
  expect(named(withFlip(resultWith([cause('unknown')]), both))).toEqual([
    'username proven',
    'hostname proven',
  ]);
});

test('what a file is stays said, and other paths are left alone', () => {
  const log = withFlip(resultWith([cause('log-file')]), flipOf('hostname'));
  expect(named(log)).toEqual(['hostname proven', 'log-file likely']);
  expect(named(withFlip(resultWith([cause('hostname')]), flipOf('hostname', ['etc/other'])))).toEqual([
    'hostname likely',
  ]);
});

test('a difference in the config is proven by its pointer', () => {
  const { config } = withFlip(
    resultWith([cause('hostname')]),
    flipOf('hostname', ['config /config/Labels/x']),
  );
  expect(config[0]?.causes?.map(({ confidence }) => confidence)).toEqual(['proven']);
});
