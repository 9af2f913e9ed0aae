import type { DiffResult, EntryDiff } from '../compare/types.ts';
import { fieldSpread, fieldText, folderOf, folderSpread, foldKinds, type Kind } from './diff-kinds.ts';
import { escapeText } from './escape.ts';
import { insideLines } from './inside-text.ts';
import { cut, type Look, type Paint } from './paint.ts';

export interface EntriesOptions extends Look {
  /** A line for each entry, however alike they are. */
  list: boolean;
  /** Entries that get a line of their own. */
  limit: number;
}

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;
const STYLES = { added: 'green', removed: 'red', changed: 'yellow' } as const;
const FOLDERS = 4;

function countsText(entries: readonly EntryDiff[]): string {
  const count = (change: EntryDiff['change']): number =>
    entries.filter((entry) => entry.change === change).length;
  const parts = (['changed', 'added', 'removed'] as const).map((change) => [count(change), change] as const);
  return parts.flatMap(([number, change]) => (number === 0 ? [] : [`${number} ${change}`])).join(', ');
}

function layerText({ layerA, layerB }: EntryDiff): string {
  return `[layer ${layerA ?? layerB ?? 0}]`;
}

/** Why, as far as it is known: `[hostname, proven]`. */
function causeText({ causes }: EntryDiff): string {
  return causes.map(({ id, confidence }) => (id === 'unknown' ? id : `${id}, ${confidence}`)).join('; ');
}

function ownerText({ packageA, packageB }: EntryDiff): string {
  const names = [packageA, packageB].flatMap((owner) => (owner ? [`${owner.name} ${owner.version}`] : []));
  return escapeText([...new Set(names)].join(' → '));
}

/** What stands behind the path: layer, owner, cause. */
function remarks(entry: EntryDiff): string {
  const cause = causeText(entry);
  return [layerText(entry), ownerText(entry), cause === '' ? '' : `(${cause})`]
    .filter((text) => text !== '')
    .join(' ');
}

function entryLines(entry: EntryDiff, options: EntriesOptions, paint: Paint): string[] {
  const path = escapeText(entry.path === '' ? '(trailer)' : entry.path);
  const sign = paint(STYLES[entry.change], SIGNS[entry.change]);
  const behind = remarks(entry);
  const room = Math.max(options.width - behind.length - 5, 30);
  const line = `  ${sign} ${cut(`${path}  ${fieldText(entry)}`, room)} ${paint('dim', behind)}`;
  return entry.inside === undefined ? [line] : [line, ...insideLines(entry.inside, '      ', options, paint)];
}

function kindLines({ entries, first }: Kind, options: EntriesOptions, paint: Paint): string[] {
  const sign = paint(STYLES[first.change], SIGNS[first.change]);
  const what = first.change === 'changed' ? `differ in ${first.fields.join(', ')}` : first.change;
  const cause = causeText(first);
  const behind = paint('dim', `${layerText(first)}${cause === '' ? '' : ` (${cause})`}`);
  const detail = (text: string): string => `      ${cut(text, options.width - 6)}`;
  return [
    `  ${sign} ${paint('bold', `${entries.length} entries`)} ${what} ${behind}`,
    ...(first.change === 'changed' ? first.fields.map((field) => detail(fieldSpread(entries, field))) : []),
    detail(`in ${folderSpread(entries, FOLDERS)}`),
  ];
}

function folderLines(entries: readonly EntryDiff[], options: EntriesOptions, paint: Paint): string[] {
  return [...Map.groupBy(entries, folderOf)].flatMap(([folder, inside]) => [
    `${paint('bold', cut(escapeText(folder), options.width - 30))} ${paint('dim', `(${countsText(inside)})`)}`,
    ...inside.flatMap((entry) => entryLines(entry, options, paint)),
  ]);
}

/** The layers that differ, with the instruction that made each. */
function layerLines(entries: readonly EntryDiff[], options: EntriesOptions, paint: Paint): string[] {
  const layers = [...Map.groupBy(entries, ({ layerA, layerB }) => layerA ?? layerB ?? 0)].sort(
    ([a], [b]) => a - b,
  );
  const lines = layers.flatMap(([layer, [first]]) => {
    const made = first?.instructionA ?? first?.instructionB;
    return made ? [`  ${layer}  ${cut(escapeText(made.createdBy), options.width - 6)}`] : [];
  });
  return lines.length === 0 ? [] : ['', paint('bold', 'Layers that differ'), ...lines];
}

/** Entries by kind and by directory. */
export function entriesLines(result: DiffResult, options: EntriesOptions, paint: Paint): string[] {
  const { entries, truncated } = result;
  if (entries.length === 0) return [];
  const { kinds, others } = options.list ? { kinds: [], others: entries } : foldKinds(entries);
  const shown = others.slice(0, options.limit);
  const left = others.length - shown.length;
  const more = left > 0 ? [`${left} more entries; --max-diffs ${others.length} shows them.`] : [];
  const beyond = truncated ? ['There are more; raise --max-diffs to see them.'] : [];
  return [
    ...layerLines(entries, options, paint),
    '',
    `${paint('bold', 'Entries')}: ${countsText(entries)}${truncated ? ' shown' : ''}`,
    ...kinds.flatMap((kind) => kindLines(kind, options, paint)),
    ...folderLines(shown, options, paint),
    ...[...more, ...beyond].map((text) => paint('yellow', text)),
  ];
}
