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
