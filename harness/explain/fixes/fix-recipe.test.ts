import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiffResult, EntryDiff } from '../../compare/types.ts';
import { entryOf } from '../../testing/explain/entry.ts';
import { containerfileText, parseContainerfile } from '../../containerfile/parse.ts';
import { fixRecipe } from './fix-recipe.ts';

const recipe = (run: string): string =>
  `FROM localhost/builder AS build\n${run}\n\nFROM scratch\nCOPY --from=build /newroot /\n`;
const diff = (...entries: EntryDiff[]): DiffResult => {
  const side = { ref: '', index: null, manifest: '', config: '', diffIds: [] };
  const rungs = {
    index: false,
    manifest: false,
    config: false,
    layers: false,
    tree: false,
    'tree-no-times': false,
  };
  const rest = {
    artifact: null,
    attestations: [],
    normalised: [],
    config: [],
    manifest: [],
    truncated: false,
  };
  return {
    schema: 'twinproof/diff/v1',
    a: side,
    b: side,
    rung: 'none',
    identical: false,
    rungs,
    ...rest,
    entries,
  };
};
const caused = (path: string, id: string): EntryDiff => ({
  ...entryOf(path, { content: ['', ''] }),
  causes: [{ id, confidence: 'likely', evidence: '', fix: '' }],
});

const CASES: [string, string, string, string, string][] = [
  [
    'gzip -n',
    'timestamp-content',
    'usr/x.gz',
    'RUN gzip -c x > /newroot/usr/x.gz',
    'ARG SOURCE_DATE_EPOCH\nRUN gzip -n -c x > /newroot/usr/x.gz',
  ],
  [
    'date',
    'timestamp-content',
    'etc/x',
    'RUN echo "$(date +%s)" > /newroot/etc/x',
    'ARG SOURCE_DATE_EPOCH\nRUN echo "$(date -u -d "@$SOURCE_DATE_EPOCH" +%s)" > /newroot/etc/x',
  ],
  [
    'a date that is fixed',
    'timezone',
    'etc/x',
    'RUN date -d @0 > /newroot/etc/x',
    'RUN date -u -d @0 > /newroot/etc/x',
  ],
  [
    'hash seed',
    'hash-order',
    'etc/x',
    'RUN python3 /x.py > /newroot/etc/x',
    'ENV PYTHONHASHSEED=0\nRUN python3 /x.py > /newroot/etc/x',
  ],
  ['log', 'log-file', 'var/log/x.log', 'RUN make', 'RUN make && rm -rf /newroot/var/log/x.log'],
  ['machine id', 'identity-file', 'etc/machine-id', 'RUN make', 'RUN make && : > /newroot/etc/machine-id'],
  ['sort', 'locale', 'etc/x', 'RUN sort a > /newroot/etc/x', 'RUN LC_ALL=C sort a > /newroot/etc/x'],
  ['a path with a shell in it', 'log-file', 'var/log/$(rm -rf x)', 'RUN make', 'RUN make'],
  ['a path that leaves', 'log-file', 'var/log/../../../x', 'RUN make', 'RUN make'],
  ['a word at random', 'randomness', 'etc/x', 'RUN make', 'RUN make'],
];

describe('fixRecipe', () => {
  it.each(CASES)('%s', (...[, cause, path, before, after]) => {
    expect(fixRecipe(recipe(before), diff(caused(path, cause))).text).toBe(recipe(after));
  });

  it('removes a file of a random name by what its names have in common', () => {
    const [a, b] = ['var/tmp/build.abcdef', 'var/tmp/build.ghijkl'].map((path) => caused(path, 'randomness'));
    if (a === undefined || b === undefined) throw new Error('two');
    const entries = diff({ ...a, change: 'removed', b: null }, { ...b, change: 'added', a: null });
    expect(fixRecipe(recipe('RUN mktemp'), entries).text).toBe(
      recipe('RUN mktemp && rm -rf /newroot/var/tmp/build.*'),
    );
  });

  it('makes nothing twice', () => {
    const entries = diff(caused('usr/x.gz', 'timestamp-content'), caused('var/log/x', 'log-file'));
    const once = fixRecipe(recipe('RUN gzip x && date > /y'), entries);
    expect(once.made.length).toBeGreaterThan(2);
    expect(fixRecipe(once.text, entries)).toEqual({ text: once.text, made: [] });
  });

  it('takes any file apart and joins it again', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('FROM a AS b', 'RUN x \\', '# c', '', 'COPY --from=b / /'),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join('\n');
        expect(containerfileText(parseContainerfile(text))).toBe(text);
        fixRecipe(text, diff(caused('etc/x', 'timestamp-content'), caused('var/log/x', 'log-file')));
      }),
    );
  });
});
