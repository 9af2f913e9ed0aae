import { expect, test } from 'vitest';
import { requireNoSuites } from './task.ts';

test('a catalog with suites is refused by name, and one without is not', () => {
  const catalog = { file: 'catalog.yaml', root: '/x' };
  expect(() => requireNoSuites({ ...catalog, suites: ['own.test.ts'] })).toThrow('suites of your own');
  expect(() => requireNoSuites(catalog)).not.toThrow();
  expect(() => requireNoSuites({ ...catalog, suites: [] })).not.toThrow();
});
