import type { EntryDiff, EntryFacts, Field } from '../../compare/types.ts';
import type { DifferenceSite } from '../types.ts';
import { insideSites } from './inside.ts';
import { lineSites, textSites } from './lines.ts';

function text(facts: EntryFacts | null, field: Field): string {
  const value = (facts as Partial<Record<string, unknown>> | null)?.[field];
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Size follows from content; what content says is in the sites of the content. */
const NOT_ATTRIBUTES = new Set<Field>(['content', 'size', 'linkname']);

function attributeSites(entry: EntryDiff): DifferenceSite[] {
  return entry.fields.flatMap((field): DifferenceSite[] => {
    if (NOT_ATTRIBUTES.has(field)) return [];
    const [a, b] = [text(entry.a, field), text(entry.b, field)];
    return [
      { kind: 'attribute', format: 'tar', part: '', name: field, place: field, a, b, lineA: a, lineB: b },
    ];
  });
}

/** All places where two versions of an entry differ. */
export function entrySites(entry: EntryDiff): DifferenceSite[] {
  const sites = attributeSites(entry);
  if (entry.fields.includes('linkname')) {
    const [a, b] = [text(entry.a, 'linkname'), text(entry.b, 'linkname')];
    sites.push(...lineSites(a, b, { format: 'link', part: '' }, 'link target'));
  }
  if (!entry.fields.includes('content')) return sites;
  const where = { format: 'text', part: '' };
  if (entry.inside !== undefined) sites.push(...insideSites(entry.inside));
  else if (entry.diff !== undefined) sites.push(...textSites(entry.diff, where));
  if (sites.some(({ kind }) => kind !== 'attribute')) return sites;
  // Nothing was seen of the content, as for large or binary files that were not looked into.
  const digests = { a: entry.a?.sha256 ?? '', b: entry.b?.sha256 ?? '', lineA: '', lineB: '' };
  return [...sites, { ...where, format: 'unseen', kind: 'bytes', name: '', place: 'content', ...digests }];
}
