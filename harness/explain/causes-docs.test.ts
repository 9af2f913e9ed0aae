import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withPart } from '../docs/table.ts';
import { VARIATIONS } from '../model/variations.ts';
import { CAUSES, causesTable, rewritesTable } from './registry.ts';

// After a change of the causes: npx vitest run --project unit harness/explain/causes-docs.test.ts --update
test('docs/causes.md has what the registry says', async () => {
  const path = '../../docs/causes.md';
  let page = await readFile(new URL(path, import.meta.url), 'utf8');
  page = withPart(page, 'causes', causesTable(CAUSES));
  page = withPart(page, 'rewrites', rewritesTable(CAUSES));
  await expect(page).toMatchFileSnapshot(path);
});

test('every cause is told of entries or documents, and every variation stands for one cause that it proves', () => {
  for (const { id, explain, explainDocument } of CAUSES) expect(explain ?? explainDocument, id).toBeDefined();
  for (const variation of VARIATIONS) {
    const named = [...CAUSES].filter(({ standsFor = [] }) => standsFor.includes(variation));
    expect(
      named.map(({ provenBy = [] }) => provenBy.includes(variation)),
      variation,
    ).toEqual([true]);
  }
});
