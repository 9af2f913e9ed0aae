import { expect, test } from 'vitest';
import type { CellResult } from '../../record/events.ts';
import { cell } from '../../testing/record/run.ts';
import { HOSTILE, madeUp } from '../../testing/report/input.ts';
import { findingsView } from './findings-view.ts';
import { pageModel } from './model.ts';

const SUBJECT = 'a/default@linux/amd64';
const VULNERABILITY = {
  id: 'CVE-2026-1',
  package: 'openssl',
  version: '3.0.1',
  severity: 'high',
  fixedIn: '3.0.2',
  published: '2026-01-01T00:00:00Z',
};

/** What the page says of a cell with these details; null where it has no such table. */
function shown(claim: string, detail: CellResult['detail']): string | null {
  const input = madeUp([cell(SUBJECT, 'fail', { claim, detail })]);
  const found = pageModel(input).rows[0]?.cells.get(claim);
  return found === undefined ? null : (findingsView(input, found)?.text ?? null);
}

test('each vulnerability is a row with its package, fix, and how long it was public', () => {
  const html = shown('vulnerabilities', { asOf: '2026-01-11', vulnerabilities: [VULNERABILITY] });
  expect(html?.replaceAll(/<[^>]+>|\s+/g, ' ')).toMatch(
    /CVE-2026-1 +openssl 3\.0\.1 +high +3\.0\.2 +10 days/,
  );
  expect(html).toContain('<table class="facts wide">');
});

test('what has no fix says so, and names of others are no markup', () => {
  const html = shown('vulnerabilities', {
    vulnerabilities: [{ ...VULNERABILITY, id: HOSTILE, fixedIn: null, hasFix: false }],
  });
  expect(html).toContain('no fix');
  expect(html).not.toContain(HOSTILE);
});

test.each([
  ['reproducible', { vulnerabilities: [VULNERABILITY] }],
  ['vulnerabilities', { vulnerabilities: [] }],
  ['vulnerabilities', {}],
])('of %s with %j there is no table', (claim, detail) => {
  expect(shown(claim, detail)).toBeNull();
});
