import { expect, test } from 'vitest';
import { composeYaml } from './compose.ts';

const compose = (text: string, depth = 8): string | number => {
  const result = composeYaml(text, { depth });
  return typeof result === 'string' ? result : result.documents.length;
};

test.each([
  ['8 levels', `${'['.repeat(8)}${']'.repeat(8)}`, 1],
  ['9 levels', `${'['.repeat(10)}${']'.repeat(10)}`, 'deep'],
  ['brackets that are never closed', '['.repeat(500_000), 'deep'],
  ['dashes', '- '.repeat(500_000), 'deep'],
  ['keys of keys', '? '.repeat(10_000), 'deep'],
  ['more structure than memory', '- a\n'.repeat(600_001), 'structure'],
  ['two documents', 'a\n---\nb\n', 2],
])('%s', (_what, text, expected) => {
  expect(compose(text)).toBe(expected);
});

test('scalars stay text where that is asked for', () => {
  const result = composeYaml('evr: 1.10', { depth: 2, schema: 'failsafe' });
  expect(typeof result === 'string' ? result : result.documents[0]?.toJS()).toEqual({ evr: '1.10' });
});
