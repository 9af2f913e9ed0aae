import { expect, test } from 'vitest';
import { NOTHING_KNOWN, explainDiff } from '../explain/explain.ts';
import { explanationOf } from '../explain/group.ts';
import { difference } from '../testing/explain/difference.ts';
import { entryOf, textEntry } from '../testing/explain/entry.ts';
import type { EntryDiff } from '../compare/types.ts';
import { accountedText, outlook } from './explain-text.ts';
import { inside, insideEntry } from '../testing/explain/entry.ts';

const said = (...entries: EntryDiff[]): string =>
  outlook(explanationOf(explainDiff(difference(entries), NOTHING_KNOWN)));

test('equal images are promised only where every cause is certain', () => {
  const time = entryOf('etc/x', { mtime: ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] });
  const date = textEntry('etc/y', 'built 2026-01-01\n', 'built 2026-01-02\n');
  expect(said(time)).toBe('after this fix the images should be equal');
  expect(said(time, date)).toMatch(/^1 of 2 causes are likely, not certain: build again with these 2 fixes /);
  expect(said(time, textEntry('etc/z', 'red\n', 'blue\n'))).toMatch(/^1 not explained: /);
});

test('how much is accounted for is counted in bytes of contents, by cause and in all', () => {
  const explained = (...entries: EntryDiff[]): EntryDiff[] =>
    explainDiff(difference(entries), NOTHING_KNOWN).entries;
  const date = textEntry('etc/y', 'built 2026-01-01 01:02:03\nred\n', 'built 2026-01-01 01:02:09\nblue\n');
  const [both] = explained(date);
  expect(both?.causes.map(({ id, bytes }) => [id, bytes])).toEqual([
    ['timestamp-content', 19],
    ['unknown', 4],
  ]);
  const share = (...entries: EntryDiff[]): string =>
    accountedText(explanationOf(explainDiff(difference(entries), NOTHING_KNOWN)));
  expect(share(date)).toBe('about 82 % of the 23 bytes that differ in contents are accounted for');
  expect(share(entryOf('etc/x', { mtime: ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] }))).toBe('');
  const cut = insideEntry('srv/x', inside('bytes', { limits: ['size'] }));
  const large = { ...cut, a: { type: 'file', size: 5000 }, b: { type: 'file', size: 4000 } };
  expect(share(date, large)).toBe('about 0 % of the 5023 bytes that differ in contents are accounted for');
});
