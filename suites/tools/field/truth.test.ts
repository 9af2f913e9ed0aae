import { expect, test } from 'vitest';
import type { EntryDiff } from '../../../harness/compare/types.ts';
import type { Variation } from '../../../harness/model/variations.ts';
import { entryOf } from '../../../harness/testing/explain/entry.ts';
import { distinct, judged } from './score.ts';
import { truthOf } from './truth.ts';

const VARY: Variation[] = ['clock', 'hostname', 'timezone', 'locale', 'home', 'user', 'cpus', 'build-path'];

/** Builds in which these variations make these paths differ; `both` takes two at once. */
const building =
  (asked: string[]) =>
  (variations: readonly Variation[]): Promise<ReadonlySet<string>> => {
    asked.push(variations.join('+'));
    const has = (variation: Variation): boolean => variations.includes(variation);
    const paths = [
      'noise',
      ...(has('hostname') ? ['host'] : []),
      ...(has('build-path') || has('home') ? ['path'] : []),
      ...(has('clock') && has('build-path') ? ['both'] : []),
    ];
    return Promise.resolve(new Set(paths));
  };

test('halves are tried, and each variation that makes a path differ alone is found', async () => {
  const asked: string[] = [];
  const { flips, itself, builds } = await truthOf(VARY, building(asked));
  expect([...itself]).toEqual(['noise']);
  expect([...flips].map(([path, found]) => [path, [...found]])).toEqual([
    ['host', ['hostname']],
    ['path', ['home', 'build-path']],
  ]);
  expect(builds).toBe(asked.length);
  expect(new Set(asked).size).toBe(asked.length);
});

test('nothing is built further where nothing differs', async () => {
  const asked: string[] = [];
  const none = async (variations: readonly Variation[]): Promise<ReadonlySet<string>> => {
    asked.push(variations.join('+'));
    return await Promise.resolve(new Set<string>());
  };
  expect((await truthOf(VARY, none)).flips.size).toBe(0);
  expect(asked).toEqual(['', VARY.join('+')]);
});

test('a label is right by its flip and its fix, acceptable by its flip, and else wrong', async () => {
  const truth = await truthOf(VARY, building([]));
  const cause = (id: string) => ({ id, confidence: 'likely' as const, evidence: '', fix: '' });
  const entry = (path: string, ...ids: string[]): EntryDiff => ({
    ...entryOf(path, {}),
    causes: ids.map(cause),
  });
  const marks = (fixed: string[], ...entries: EntryDiff[]): string[] =>
    judged(entries, truth, { made: new Set(fixed), equal: fixed.length > 0 }).map(({ mark }) => mark);
  expect(marks([], entry('host', 'hostname'), entry('host', 'build-path'), entry('host', 'unknown'))).toEqual(
    ['acceptable', 'wrong', 'unknown'],
  );
  expect(marks(['hostname'], entry('host', 'hostname', 'build-path'), entry('path', 'hostname'))).toEqual([
    'right',
    'wrong',
  ]);
  // Always answering with the clock, or with what was not shown by building, gains nothing.
  expect(marks([], entry('host', 'timestamp-content'), entry('noise', 'build-path'))).toEqual([
    'wrong',
    'wrong',
  ]);
  expect(marks([], entry('noise', 'timestamp-content'), entry('both', 'timestamp-content'))).toEqual([
    'acceptable',
    'not judged',
  ]);
  // A cache has no variation; only its removal can show that it was one.
  expect(marks([], entry('host', 'cache-file'))).toEqual(['wrong']);
  expect(marks(['cache-file'], entry('host', 'cache-file'))).toEqual(['right']);
});

test('paths with the same label and the same truth count once', async () => {
  const truth = await truthOf(VARY, building([]));
  const causes = [{ id: 'hostname', confidence: 'likely' as const, evidence: '', fix: '' }];
  const entries = ['host', 'host'].map((path) => ({ ...entryOf(path, {}), causes }));
  expect(distinct(judged(entries, truth, { made: new Set(), equal: false }))).toHaveLength(1);
});
