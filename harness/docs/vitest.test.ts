import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const DOCS = join(import.meta.dirname, '../../docs');

test('the page about claims of your own starts with the example that is run, of ten lines', async () => {
  const page = await readFile(join(DOCS, 'vitest.md'), 'utf8');
  const example = await readFile(join(DOCS, 'examples/no-setuid.suite.ts'), 'utf8');
  expect(/^# .*\n\n```ts\n([^`]*)```/.exec(page)?.[1]).toBe(example);
  expect(example.trimEnd().split('\n')).toHaveLength(10);
});
