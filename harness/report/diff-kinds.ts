import type { EntryDiff, EntryFacts, Field } from '../compare/types.ts';
import { escapeText } from './escape.ts';

/** `usr/lib/x` belongs to `usr/lib`, a name in the root to `/`. */
export function folderOf({ path, fields }: EntryDiff): string {
  if (fields.includes('trailer')) return '(after the last entry)';
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '/' : path.slice(0, slash);
}

const SHOWN: Partial<Record<Field, keyof EntryFacts>> = {
  content: 'sha256',
  order: 'type',
  header: 'type',
  layer: 'type',
  trailer: 'sha256',
};

function fact(facts: EntryFacts | null, field: Field): string {
  const value = facts?.[SHOWN[field] ?? (field as keyof EntryFacts)];
  if (value === undefined || value === null) return '-';
  if (typeof value === 'object') return escapeText(JSON.stringify(value));
  const text = String(value);
  return escapeText(field === 'content' || field === 'trailer' ? text.slice(0, 12) : text);
}

/** Fields that say all there is to say by their name. */
const BARE: readonly Field[] = ['order', 'header'];

function oneField(entry: EntryDiff, field: Field): string {
  // What is inside says more than two digests.
  if (field === 'content' && entry.inside !== undefined) return field;
  if (BARE.includes(field)) return field;
  if (field === 'layer') return `layer ${String(entry.layerA)} → ${String(entry.layerB)}`;
  return `${field} ${fact(entry.a, field)} → ${fact(entry.b, field)}`;
}

/** What differs in one entry; for one that only one side has, what it is. */
export function fieldText(entry: EntryDiff): string {
  if (entry.change !== 'changed') return (entry.a ?? entry.b)?.type ?? '';
  return entry.fields.map((field) => oneField(entry, field)).join(', ');
}

/** Entries that differ in the same way and need no line each. */
export interface Kind {
  entries: EntryDiff[];
  first: EntryDiff;
}

/** Fewer than this are shown one by one. */
const ENOUGH = 10;

function kindOf(entry: EntryDiff): string {
  const causes = entry.causes.map(({ id, confidence }) => `${id} ${confidence}`);
  return [entry.change, ...entry.fields, entry.layerA, entry.layerB, ...causes].join('\0');
}

/** Sets apart the kinds that many entries share; what differs in content is never folded into one. */
export function foldKinds(entries: readonly EntryDiff[]): { kinds: Kind[]; others: EntryDiff[] } {
  const alike = entries.filter(({ inside, fields }) => inside === undefined && !fields.includes('content'));
  const kinds = [...Map.groupBy(alike, kindOf).values()].flatMap((group): Kind[] => {
    const [first] = group;
    return first === undefined || group.length < ENOUGH ? [] : [{ entries: group, first }];
  });
  const folded = new Set(kinds.flatMap((kind) => kind.entries));
  return {
    kinds: kinds.sort((a, b) => b.entries.length - a.entries.length),
    others: entries.filter((entry) => !folded.has(entry)),
  };
}

/** Values of a field over a whole kind: each change with its count, or from where to where they go. */
export function fieldSpread(entries: readonly EntryDiff[], field: Field): string {
  if (BARE.includes(field)) return field;
  const changes = Map.groupBy(entries, (entry) => oneField(entry, field));
  if (changes.size === 1) return [...changes.keys()].join('');
  if (changes.size <= 3) {
    const counted = [...changes].sort(([, a], [, b]) => b.length - a.length);
    return counted.map(([text, { length }]) => `${text} (${length})`).join(', ');
  }
  const span = (side: 'a' | 'b'): string => {
    const values = entries.map((entry) => fact(entry[side], field)).sort();
    const [from = '-', to = '-'] = [values[0], values.at(-1)];
    return from === to ? from : `${from} to ${to}`;
  };
  return `${field} ${span('a')} → ${span('b')}`;
}

/** Directories by the deepest level at which there are at most so many, biggest first. */
export function folderSpread(entries: readonly EntryDiff[], most: number): string {
  const folders = entries.map((entry) => folderOf(entry).split('/'));
  const deepest = folders.reduce((depth, parts) => Math.max(depth, parts.length), 1);
  const at = (depth: number): Map<string, unknown[]> =>
    Map.groupBy(folders, (parts) => parts.slice(0, depth).join('/'));
  let depth = deepest;
  while (depth > 1 && at(depth).size > most) depth--;
  const counted = [...at(depth)].sort(([, a], [, b]) => b.length - a.length);
  const named = counted.slice(0, most).map(([folder, { length }]) => `${escapeText(folder)} (${length})`);
  return `${named.join(', ')}${counted.length > most ? ` and ${counted.length - most} more` : ''}`;
}
