import type { EntryDiff, EntryFacts, Field } from '../../compare/types.ts';
import type { Spot } from '../types.ts';
import { insideSpots } from './inside.ts';
import { lineSpots, textSpots } from './lines.ts';

function text(facts: EntryFacts | null, field: Field): string {
  const value = (facts as Partial<Record<string, unknown>> | null)?.[field];
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Size follows from content; what content says is in the spots of the content. */
const NOT_ATTRIBUTES = new Set<Field>(['content', 'size', 'linkname']);

function attributeSpots(entry: EntryDiff): Spot[] {
  return entry.fields.flatMap((field): Spot[] => {
    if (NOT_ATTRIBUTES.has(field)) return [];
    const [a, b] = [text(entry.a, field), text(entry.b, field)];
    return [
      { kind: 'attribute', format: 'tar', part: '', name: field, place: field, a, b, lineA: a, lineB: b },
    ];
  });
}

/** All places where two versions of an entry differ. */
export function entrySpots(entry: EntryDiff): Spot[] {
  const spots = attributeSpots(entry);
  if (entry.fields.includes('linkname')) {
    const [a, b] = [text(entry.a, 'linkname'), text(entry.b, 'linkname')];
    spots.push(...lineSpots(a, b, { format: 'link', part: '' }, 'link target'));
  }
  if (!entry.fields.includes('content')) return spots;
  const where = { format: 'text', part: '' };
  if (entry.inside !== undefined) spots.push(...insideSpots(entry.inside));
  else if (entry.diff !== undefined) spots.push(...textSpots(entry.diff, where));
  if (spots.some(({ kind }) => kind !== 'attribute')) return spots;
  // Nothing was seen of the content, as for large or binary files that were not looked into.
  const digests = { a: entry.a?.sha256 ?? '', b: entry.b?.sha256 ?? '', lineA: '', lineB: '' };
  return [...spots, { ...where, format: 'unseen', kind: 'bytes', name: '', place: 'content', ...digests }];
}
