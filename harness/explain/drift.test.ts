import { expect, test } from 'vitest';
import type { EntryDiff } from '../compare/types.ts';
import type { PackageOwner } from '../packages/types.ts';
import { NOTHING_KNOWN, explainDiff } from './explain.ts';
import { entryOf, textEntry } from '../testing/explain/entry.ts';
import { difference } from '../testing/explain/difference.ts';

const owner = (version: string, name = 'nginx'): PackageOwner => ({ name, version, format: 'dpkg' });
const owned = (entry: EntryDiff, a: PackageOwner | null, b: PackageOwner | null): EntryDiff => ({
  ...entry,
  packageA: a,
  packageB: b,
});
const only = (path: string, side: 'a' | 'b', type = 'file'): EntryDiff => {
  const facts = { type, sha256: 'x' };
  const sides = side === 'a' ? { a: facts, b: null } : { a: null, b: facts };
  return { ...entryOf(path, {}), change: side === 'a' ? 'removed' : 'added', ...sides };
};
const idsOf = (...entries: EntryDiff[]): string[][] =>
  explainDiff(difference(entries), NOTHING_KNOWN).entries.map(({ causes }) => causes.map(({ id }) => id));

test('what belongs to packages of other versions drifted, whatever it looks like', () => {
  const date = owned(
    textEntry('etc/nginx/date', '2026-01-01\n', '2026-02-02\n'),
    owner('1.22'),
    owner('1.24'),
  );
  const gone = owned(only('usr/share/doc/nginx/old', 'a'), owner('1.22'), null);
  const list = textEntry('var/lib/dpkg/info/nginx.md5sums', '1\n', '2\n');
  const moved = textEntry('usr/lib/sysimage/dpkg/info/nginx.md5sums', '1\n', '2\n');
  const drifted = ['package-drift'];
  expect(idsOf(date, gone, list, moved)).toEqual([drifted, drifted, drifted, drifted]);
});

test('what belongs to one version on both sides did not drift', () => {
  const same = owned(
    textEntry('etc/nginx/date', '2026-01-01\n', '2026-02-02\n'),
    owner('1.22'),
    owner('1.22'),
  );
  const added = owned(only('usr/share/doc/nginx/new', 'b'), null, owner('1.22'));
  expect(idsOf(same, added)).toEqual([['timestamp-content'], ['unknown']]);
});

test.each([
  [
    'usr/lib/python3/site-packages/six-1.15.0.dist-info',
    'usr/lib/python3/site-packages/six-1.16.0.dist-info',
  ],
  ['usr/lib/libz.so.1.2.13', 'usr/lib/libz.so.1.3.1'],
  ['opt/app/lib/guava-31.1.jar', 'opt/app/lib/guava-33.0.jar'],
])('%s under another version drifted', (a, b) => {
  expect(idsOf(only(a, 'a'), only(b, 'b'))).toEqual([['package-drift'], ['package-drift']]);
});

test('what lies in a renamed folder differs for the reason that its folder does', () => {
  const folders = [only('tmp/build.Ab3dEf9h', 'a', 'dir'), only('tmp/build.Zz8yXw2v', 'b', 'dir')];
  const files = [only('tmp/build.Ab3dEf9h/x', 'a'), only('tmp/build.Zz8yXw2v/x', 'b')];
  expect(new Set(idsOf(...folders, ...files).flat())).toEqual(new Set(['randomness']));
  const other: EntryDiff = { ...only('tmp/build.Zz8yXw2v/x', 'b'), b: { type: 'file', sha256: 'y' } };
  const [changed] = idsOf(...folders, only('tmp/build.Ab3dEf9h/x', 'a'), other).slice(2);
  expect(changed).toContain('unknown');
});
