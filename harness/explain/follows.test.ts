import { expect, test } from 'vitest';
import type { EntryDiff } from '../compare/types.ts';
import { explainDiff } from './explain.ts';
import { difference } from '../testing/explain/difference.ts';
import { contextOf, entryOf, inside, insideEntry, textEntry } from '../testing/explain/entry.ts';

const idsOf = (...entries: EntryDiff[]): string[] =>
  explainDiff(difference(entries), contextOf()).entries.flatMap(({ causes }) =>
    causes.map(({ id, confidence }) => `${id} ${confidence}`),
  );
const trailer = entryOf('', { trailer: [10, 20] });
const added: EntryDiff = { ...entryOf('srv/.wh.x', {}), change: 'added', a: null, layerA: null };

test('the end of a layer follows from what is longer in it, and else is a matter of the archive', () => {
  expect(idsOf(trailer, added)).toEqual(['overlay-artefact likely', 'overlay-artefact likely']);
  expect(idsOf(trailer)).toEqual(['archive-format exact']);
  expect(idsOf(trailer, { ...added, layerB: 1 })).toContain('archive-format exact');
});

test('the time of an entry is no date inside a file, nor is that of a file system', () => {
  const clock = contextOf();
  const ahead = { ...clock, b: { ...clock.b, ahead: 500 * 86_400 } };
  const times: [string, string] = ['2026-11-24T20:01:05Z', '2028-04-07T20:01:05Z'];
  const ids = (entry: EntryDiff): string[] =>
    explainDiff(difference([entry]), ahead).entries.flatMap(({ causes }) => causes.map(({ id }) => id));
  expect(ids(entryOf('etc/x', { mtime: times }))).toEqual(['timestamp-metadata']);
  expect(ids(entryOf('etc/x', { atime: times }))).toEqual(['archive-format']);
  const fields = [{ field: 'mkfs-time', offset: 8, a: times[0], b: times[1] }];
  expect(ids(insideEntry('srv/x', inside('squashfs', { fields })))).toEqual(['filesystem-identity']);
  expect(ids(textEntry('etc/x', `${times[0]}\n`, `${times[1]}\n`))).toEqual(['timestamp-content']);
});

test('what is a digest of another content follows from it, with its causes and how sure they are', () => {
  const sums = (of: string): EntryDiff => {
    const [a, b] = ['0123456789abcdef'.repeat(2), 'fedcba9876543210'.repeat(2)];
    const diff = `@@ -1 +1 @@\n-${a}  x\n+${b}  x\n`;
    return { ...insideEntry('etc/sums', inside('text', { diff, follows: [{ a, b, of }] })), diff };
  };
  const time = entryOf('etc/x', { mtime: ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] });
  expect(idsOf(sums('etc/x'), time)).toEqual(['timestamp-metadata exact', 'timestamp-metadata exact']);
  expect(idsOf(sums('etc/x'), textEntry('etc/x', 'red\n', 'blue\n'))).toEqual([
    'unknown likely',
    'unknown likely',
  ]);
});

test('what follows from another part of the file is no cause of its own', () => {
  const [a, b] = ['0123456789abcdef'.repeat(2), 'fedcba9876543210'.repeat(2)];
  const sums = inside('text', {
    part: 'md5sums',
    diff: `@@ -1 +1 @@\n-${a}  x\n+${b}  x\n`,
    follows: [{ a, b, of: 'srv/x.deb > x' }],
  });
  const date = inside('text', {
    part: 'x',
    diff: '@@ -1 +1 @@\n-2026-11-24 20:01:05\n+2026-11-24 20:01:07\n',
  });
  const archive = (...children: (typeof sums)[]): EntryDiff =>
    insideEntry('srv/x.deb', inside('ar', { children }));
  expect(idsOf(archive(sums, date))).toEqual(['timestamp-content likely']);
  expect(idsOf(archive({ ...sums, follows: [] }, date))).toContain('randomness likely');
});
