import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withPart } from '../docs/table.ts';
import { ECOSYSTEMS, ecosystemNames, ecosystemsTable } from './registry.ts';

// After a change of the ecosystems: npx vitest run --project unit harness/packages/ecosystems-docs.test.ts --update
test('docs/locks.md has what the registry says', async () => {
  const path = '../../docs/locks.md';
  const page = await readFile(new URL(path, import.meta.url), 'utf8');
  await expect(withPart(page, 'ecosystems', ecosystemsTable(ECOSYSTEMS))).toMatchFileSnapshot(path);
});

test('locks of two ecosystems are told apart by their names, and by the folder of their files', () => {
  const locks = [...ECOSYSTEMS].flatMap(({ lock }) => lock ?? []);
  expect(new Set(locks.map(({ kind }) => kind)).size).toBe(locks.length);
  for (const { stem } of locks) expect(locks.filter((other) => other.stem.startsWith(stem))).toHaveLength(1);
  expect(ecosystemNames(ECOSYSTEMS)).toBe('dpkg, rpm or apk');
});
