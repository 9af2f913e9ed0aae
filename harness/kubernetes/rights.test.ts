import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { RULES, rbacManifest } from './rights.ts';

const PAGE = new URL('../../docs/cluster.md', import.meta.url);

test('what docs/cluster.md says of rights is what is used', async () => {
  const text = await readFile(PAGE, 'utf8');
  const [, shown = ''] = /<!-- rights -->\s*```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  const read = (yaml: string): unknown[] =>
    parseAllDocuments(yaml).map((document) => document.toJS() as unknown);
  expect(read(shown)).toEqual(read(rbacManifest('twinproof')));
});

test('no right is asked for outside of the namespace, or on everything', () => {
  expect(rbacManifest('n')).not.toContain('ClusterRole');
  for (const rule of RULES) expect(JSON.stringify(rule)).not.toContain('*');
});
