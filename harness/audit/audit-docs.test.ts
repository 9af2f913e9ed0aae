import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { markdownTable, withPart } from '../docs/table.ts';
import { AUDIT_CLAIMS } from './claims/registry.ts';
import { AUDIT_VERDICTS, VERDICT_MEANINGS } from './claims/types.ts';
import { auditSchema } from './result.ts';
import { STATUSES, STATUS_MEANINGS } from './verify/status.ts';

const PAGE = new URL('../../docs/audit.md', import.meta.url);
const code = (text: string): string => `\`${text}\``;

const claims = AUDIT_CLAIMS.map(({ id, passes }) => [code(id), passes]);
const verdicts = AUDIT_VERDICTS.map((verdict) => [code(verdict), VERDICT_MEANINGS[verdict]]);
const statuses = STATUSES.map((status) => [code(status), STATUS_MEANINGS[status]]);

test('docs/audit.md has every claim, verdict and status (write them with --update)', async () => {
  const parts: [string, string][] = [
    ['claims', markdownTable(['claim', 'passes when'], claims)],
    ['verdicts', markdownTable(['verdict', 'means'], verdicts)],
    ['statuses', markdownTable(['status', 'means'], statuses)],
  ];
  const page = parts.reduce((text, [name, part]) => withPart(text, name, part), await readFile(PAGE, 'utf8'));
  await expect(page).toMatchFileSnapshot(PAGE.pathname);
});

test('audit.schema.json is that of the code (write it with --update)', async () => {
  await expect(auditSchema()).toMatchFileSnapshot('./audit.schema.json');
});
