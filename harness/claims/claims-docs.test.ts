import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withPart } from '../docs/table.ts';
import { buildClaimsList, requestsList, scenariosTable, systemClaimsList } from './docs.ts';
import { CLAIMS } from './registry.ts';

// After a change of the claims: npx vitest run --project unit harness/claims/claims-docs.test.ts --update
test.each([
  ['claims.md', { claims: buildClaimsList, requests: requestsList }],
  ['boot-claims.md', { claims: systemClaimsList, scenarios: scenariosTable }],
])('docs/%s has what the registry says', async (name, parts) => {
  const path = `../../docs/${name}`;
  let page = await readFile(new URL(path, import.meta.url), 'utf8');
  for (const [part, table] of Object.entries(parts)) page = withPart(page, part, table(CLAIMS));
  await expect(page).toMatchFileSnapshot(path);
});

test('every option of a claim is explained', () => {
  for (const { id, options } of CLAIMS)
    expect(Object.keys(options?.notes ?? {}), id).toEqual(Object.keys(options?.schema.shape ?? {}));
});
