import { createTwoFilesPatch } from 'diff';
import type { EntryDiff, Field } from '../../compare/types.ts';
import type { InsideDiff } from '../../inside/types.ts';
import type { AppliedVariation } from '../../rebuild/environment/types.ts';
import { explainEntry } from '../../explain/explain-entry.ts';
import { NOTHING_KNOWN } from '../../explain/explain.ts';
import type { Context } from '../../explain/types.ts';
import type { Variation } from '../../model/variations.ts';

const facts = { type: 'file', mode: '0644', uid: 0, gid: 0, size: 1, mtime: '2026-01-01T00:00:00Z' };

/** An entry that differs; `fields` with the two values of each. */
export function entryOf(
  path: string,
  values: Partial<Record<Field, [unknown, unknown]>>,
  more: Partial<EntryDiff> = {},
): EntryDiff {
  const fields = Object.keys(values) as Field[];
  const side = (at: 0 | 1): EntryDiff['a'] => ({
    ...facts,
    ...Object.fromEntries(Object.entries(values).map(([field, pair]) => [field, pair[at]])),
  });
  return {
    path,
    change: 'changed',
    fields,
    a: side(0),
    b: side(1),
    layerA: 0,
    layerB: 0,
    causes: [],
    ...more,
  };
}

/** A text that differs, with the diff that the comparison makes of it. */
export function textEntry(path: string, a: string, b: string): EntryDiff {
  const diff = createTwoFilesPatch('a', 'b', a, b);
  return entryOf(path, { content: ['', ''] }, { diff: diff.slice(diff.indexOf('--- ')) });
}

export function inside(format: string, more: Partial<InsideDiff> = {}): InsideDiff {
  return { format, part: '', change: 'changed', fields: [], children: [], ...more };
}

export function insideEntry(path: string, node: InsideDiff): EntryDiff {
  return entryOf(path, { content: ['', ''] }, { inside: node });
}

/** A context in which both builds ran in the same minute of 24 November 2026. */
export const STARTED = Date.UTC(2026, 10, 24, 20, 1, 0) / 1000;

export function contextOf(
  recipe = '',
  variations: Partial<Record<Variation, [string, string]>> = {},
): Context {
  const built = { from: STARTED, to: STARTED + 60 };
  const environment = (at: 0 | 1): AppliedVariation[] =>
    Object.entries(variations).map(([variation, values]) => ({
      variation: variation as Variation,
      value: values[at],
      markers: [values[at]],
    }));
  return {
    a: { environment: { twin: 'A', variations: environment(0) }, built, ahead: 0 },
    b: { environment: { twin: 'B', variations: environment(1) }, built, ahead: 0 },
    sourceDateEpoch: 1767225600,
    recipe,
  };
}

/** `id confidence` of each cause. */
export function reported(entry: EntryDiff, context: Context = NOTHING_KNOWN): string[] {
  return explainEntry(entry, context).map(({ id, confidence }) => `${id} ${confidence}`);
}
