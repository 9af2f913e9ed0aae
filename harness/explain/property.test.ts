import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS, type EntryDiff } from '../compare/types.ts';
import type { InsideDiff } from '../inside/types.ts';
import { explainEntry } from './explain-entry.ts';
import type { Context } from './types.ts';
import { contextOf, entryOf, textEntry } from '../testing/explain/entry.ts';
import { CAUSES } from './registry.ts';
import { UNKNOWN } from './unknown.ts';
import { VARIATIONS } from '../model/variations.ts';

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.stringMatching(/^[0-9a-f]{0,40}$/),
  fc.stringMatching(/^[\d:T. -]{0,30}$/),
  fc.constantFrom(
    'etc/shadow',
    'var/log/x',
    'a/x.pyc',
    'elf',
    'tar',
    'cpio',
    'ext4',
    'mtime',
    'order',
    '@@ -1 +1 @@',
    '-a\n+b',
  ),
);
const hexText = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('hex'));

function nodeOf(children: fc.Arbitrary<InsideDiff[]>): fc.Arbitrary<InsideDiff> {
  const value = fc.option(word);
  const field = fc.record({ field: word, offset: fc.option(fc.nat()), a: value, b: value });
  return fc.record(
    {
      format: word,
      part: word,
      change: fc.constantFrom('added', 'removed', 'changed'),
      fields: fc.array(field, { maxLength: 3 }),
      children,
      diff: word,
      windows: fc.array(fc.record({ offset: fc.nat(), a: hexText, b: hexText }), { maxLength: 3 }),
    },
    { requiredKeys: ['format', 'part', 'change', 'fields', 'children'] },
  );
}
const leaf = nodeOf(fc.constant([]));
const node = nodeOf(fc.array(nodeOf(fc.array(leaf, { maxLength: 1 })), { maxLength: 2 }));

const facts = fc.option(fc.record({ type: word, mode: word, sha256: word, linkname: word, mtime: word }));
const entry: fc.Arbitrary<EntryDiff> = fc.record(
  {
    path: word,
    change: fc.constantFrom('added', 'removed', 'changed'),
    fields: fc.subarray([...FIELDS]),
    a: facts,
    b: facts,
    layerA: fc.option(fc.nat()),
    layerB: fc.option(fc.nat()),
    causes: fc.constant([]),
    diff: word,
    inside: node,
  },
  { requiredKeys: ['path', 'change', 'fields', 'a', 'b', 'layerA', 'layerB', 'causes'] },
);
const context: fc.Arbitrary<Context> = fc
  .record({ recipe: word, variation: fc.constantFrom(...VARIATIONS), a: word, b: word })
  .map(({ recipe, variation, a, b }) => contextOf(recipe, { [variation]: [a, b] }));

describe('explainEntry', () => {
  it('never throws, names known causes only, and says the same twice', () => {
    fc.assert(
      fc.property(entry, context, (difference, known) => {
        const causes = explainEntry(difference, known);
        expect(causes.length).toBeGreaterThan(0);
        for (const { id } of causes) expect([...CAUSES.ids, UNKNOWN]).toContain(id);
        expect(explainEntry(difference, known)).toEqual(causes);
      }),
      { numRuns: 500 },
    );
  });

  it('proves nothing without a marker of each', () => {
    fc.assert(
      fc.property(word, word, context, (a, b, known) => {
        const one = known.a.environment?.variations[0]?.value ?? '';
        const other = known.b.environment?.variations[0]?.value ?? '';
        const proven = explainEntry(textEntry('etc/x', `${a}\n`, `${b}\n`), known).some(
          ({ confidence }) => confidence === 'proven',
        );
        if (proven) expect(a.includes(one) && b.includes(other)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('copes with long lines of one kind', () => {
    for (const unit of ['a', '0', ' ', '/', '-', '2026-', '12:', 'Nov ', 'tmp.', '=']) {
      const line = unit.repeat(20_000);
      const difference = textEntry(
        `etc/${unit.repeat(500)}`,
        `${line}x
`,
        `${line}y
`,
      );
      expect(explainEntry(difference, contextOf(line)).length).toBeGreaterThan(0);
    }
  });

  it('explains an attribute that no one knows as unknown', () => {
    expect(explainEntry(entryOf('x', { xattrs: [{}, { 'user.x': '1' }] }), contextOf())[0]?.id).toBe(
      'unknown',
    );
  });
});
