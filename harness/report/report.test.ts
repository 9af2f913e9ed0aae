import { expect, test } from 'vitest';
import type { Summary } from '../record/summary.ts';
import { markdownReport } from './markdown.ts';
import { terminalReport } from './terminal.ts';

const hostile = '<img src=x onerror=alert(1)> [a](https://b) \u001b[31m | \u202e @all';

const summary: Summary = {
  schema: 'twinproof/summary/v1',
  catalog: { name: hostile, digest: `sha256:${'0'.repeat(64)}` },
  complete: true,
  counts: { pass: 1, fail: 1, error: 0, skipped: 0, waived: 0 },
  claims: ['reproducible', 'hermetic'],
  cells: [
    {
      subject: 'a/default@linux/amd64',
      claim: 'reproducible',
      verdict: 'pass',
      summary: 'equal',
      keyDigest: null,
    },
    {
      subject: 'b/default@linux/amd64',
      claim: 'reproducible',
      verdict: 'fail',
      summary: hostile,
      keyDigest: null,
    },
  ],
  missing: [],
};

test('the terminal report shows the matrix, tells failures and counts', () => {
  const text = terminalReport(summary, { color: false });
  expect(text).toContain('a/default@linux/amd64 │ pass');
  expect(text).toContain('fail b/default@linux/amd64 reproducible:');
  expect(text.trimEnd().endsWith('1 passed, 1 failed')).toBe(true);
});

test('no report hands control characters on, and colour is only used when asked', () => {
  expect(terminalReport(summary, { color: false })).not.toContain('\u001b');
  expect(terminalReport(summary, { color: true })).not.toContain('\u001b[31m |');
  expect(markdownReport(summary)).not.toContain('\u001b');
  expect(markdownReport(summary)).not.toContain('\u202e');
});

test('names of unknown origin do not become markup', () => {
  const text = markdownReport(summary);
  expect(text).not.toContain('<img');
  expect(text).not.toContain('](https://');
  expect(text).not.toContain('@all');
});

test('an incomplete run says so', () => {
  const incomplete = { ...summary, complete: false, missing: ['c reproducible'] };
  expect(terminalReport(incomplete, { color: false })).toContain('incomplete run');
  expect(markdownReport(incomplete)).toContain('Incomplete run');
});
