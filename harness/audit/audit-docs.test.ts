import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { markdownTable, withPart } from '../docs/table.ts';
import { AUDIT_CLAIMS } from './claims/registry.ts';
import { AUDIT_VERDICTS, VERDICT_MEANINGS } from './claims/types.ts';
import { auditSchema } from './result.ts';
import { STATUSES, STATUS_MEANINGS } from './verify/status.ts';

const code = (text: string): string => `\`${text}\``;

const claims = AUDIT_CLAIMS.map(({ id, passes }) => [code(id), passes]);
const verdicts = AUDIT_VERDICTS.map((verdict) => [code(verdict), VERDICT_MEANINGS[verdict]]);
const statuses = STATUSES.map((status) => [code(status), STATUS_MEANINGS[status]]);

// After a change of them: npx vitest run --project unit harness/audit/audit-docs.test.ts --update
test.each([
  ['audit.md', 'claims', markdownTable(['claim', 'passes when'], claims)],
  ['audit.md', 'verdicts', markdownTable(['verdict', 'means'], verdicts)],
  ['audit-trust.md', 'statuses', markdownTable(['status', 'means'], statuses)],
])('docs/%s has all %s', async (name, part, table) => {
  const path = `../../docs/${name}`;
  const page = await readFile(new URL(path, import.meta.url), 'utf8');
  await expect(withPart(page, part, table)).toMatchFileSnapshot(path);
});

test('audit.schema.json is that of the code (write it with --update)', async () => {
  await expect(auditSchema()).toMatchFileSnapshot('./audit.schema.json');
});
