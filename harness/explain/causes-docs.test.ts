import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withPart } from '../docs/table.ts';
import { VARIATIONS } from '../model/variations.ts';
import { readCauseExamples } from '../testing/cause-examples.ts';
import { causePage, causesList } from './docs.ts';
import { CAUSES } from './registry.ts';
import { UNKNOWN } from './unknown.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

// After a change of the causes: npx vitest run --project unit harness/explain/causes-docs.test.ts --update
test('docs/causes.md has what the registry says', async () => {
  const path = '../../docs/causes.md';
  let page = await readFile(new URL(path, import.meta.url), 'utf8');
  page = withPart(page, 'causes', causesList(CAUSES, await readCauseExamples(FIXTURES)));
  await expect(page).toMatchFileSnapshot(path);
});

test('outputs lead to a heading of the page for every cause, with a faulty and a fixed recipe that are built', async () => {
  const examples = await readCauseExamples(FIXTURES);
  const page = await readFile(new URL('../../docs/causes.md', import.meta.url), 'utf8');
  for (const id of [...CAUSES.ids, UNKNOWN]) {
    expect(causePage(id)).toBe(`docs/causes.md#${id}`);
    expect(page).toContain(`\n### \`${id}\`\n`);
    const example = examples.get(id);
    if (id !== UNKNOWN) expect(example?.faulty, id).not.toBe(example?.fixed);
  }
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
