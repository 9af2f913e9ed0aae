import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withPart } from '../docs/table.ts';
import { FORMATS, formatsTable } from './formats.ts';

const PAGE = '../../docs/reports.md';

// After a change of the formats: npx vitest run --project unit harness/report/formats-docs.test.ts --update
test('docs/reports.md has the table of all formats', async () => {
  const page = await readFile(new URL(PAGE, import.meta.url), 'utf8');
  await expect(withPart(page, 'formats', formatsTable(FORMATS))).toMatchFileSnapshot(PAGE);
});
