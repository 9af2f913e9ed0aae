import { styleText } from 'node:util';
import type { DiffResult, EntryDiff, EntryFacts, Field, PointerDiff } from '../compare/types.ts';
import { attestationLines } from './attestations-text.ts';
import { escapeLines, escapeText } from './escape.ts';

export interface DiffTextOptions {
  /** The rung that was asked for. */
  rung: string;
  colour: boolean;
  /** Columns; lines of ours are cut to it, never the first. */
  width: number;
}

type Paint = (style: 'red' | 'green' | 'yellow' | 'bold' | 'dim', text: string) => string;

function painter(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}

const WEAKER: Partial<Record<string, string>> = {
  config: 'same image ID; the manifests differ',
  layers: 'same layers, only config or compression differ',
  tree: 'same root filesystem, but other layers',
  'tree-no-times': 'same root filesystem but for mtimes',
  none: 'the root filesystems differ',
};

function headline(result: DiffResult, options: DiffTextOptions, paint: Paint): string {
  const normalised = result.normalised.length === 0 ? '' : `, ignoring ${result.normalised.join(', ')}`;
  if (result.identical) {
    const at = `equal at ${result.rung}${normalised}: ${result.a.config}`;
    return paint('green', at);
  }
  const holds = result.rung === 'none' ? 'no rung holds' : `first rung that holds: ${result.rung}`;
  const meaning = WEAKER[result.rung] ?? '';
  return paint('red', `different at ${options.rung}${normalised}; ${holds} (${meaning})`);
}

function valueText(value: unknown): string {
  return value === undefined ? '(absent)' : escapeText(JSON.stringify(value));
}

function pointerLines(
  title: string,
  diffs: readonly PointerDiff[],
  bytesDiffer: boolean,
  paint: Paint,
): string[] {
  if (diffs.length === 0) {
    return bytesDiffer
      ? ['', paint('bold', title), '  only the spelling differs: spacing, key order or escapes']
      : [];
  }
  const lines = diffs.flatMap((diff) => [
    `  ${escapeText(diff.pointer === '' ? '(whole document)' : diff.pointer)}`,
    paint('red', `    A ${valueText(diff.a)}`),
    paint('green', `    B ${valueText(diff.b)}`),
  ]);
  return ['', paint('bold', title), ...lines];
}

/** `usr/lib/x` belongs to `usr/lib`, a name in the root to `/`. */
function folderOf({ path, fields }: EntryDiff): string {
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

function fieldText(entry: EntryDiff): string {
  const texts = entry.fields.map((field) => {
    if (BARE.includes(field)) return field;
    if (field === 'layer') return `layer ${String(entry.layerA)} → ${String(entry.layerB)}`;
    return `${field} ${fact(entry.a, field)} → ${fact(entry.b, field)}`;
  });
  return texts.join(', ');
}

function entryLines(entry: EntryDiff, options: DiffTextOptions, paint: Paint): string[] {
  const path = escapeText(entry.path === '' ? '(trailer)' : entry.path);
  const sign = { added: paint('green', '+'), removed: paint('red', '-'), changed: paint('yellow', '~') }[
    entry.change
  ];
  const layer = entry.layerA ?? entry.layerB ?? 0;
  const what = entry.change === 'changed' ? fieldText(entry) : ((entry.a ?? entry.b)?.type ?? '');
  const line = `  ${sign} ${cut(`${path}  ${what}`, options.width - 16)} ${paint('dim', `[layer ${layer}]`)}`;
  if (entry.diff === undefined) return [line];
  const body = escapeLines(entry.diff).trimEnd().split('\n').slice(2);
  return [
    line,
    ...body.map((text) => {
      const shown = `      ${cut(text, options.width - 6)}`;
      return text.startsWith('+')
        ? paint('green', shown)
        : text.startsWith('-')
          ? paint('red', shown)
          : shown;
    }),
  ];
}

function countsText(entries: readonly EntryDiff[]): string {
  const count = (change: EntryDiff['change']): number =>
    entries.filter((entry) => entry.change === change).length;
  const parts = (['changed', 'added', 'removed'] as const).map((change) => [count(change), change] as const);
  return parts.flatMap(([number, change]) => (number === 0 ? [] : [`${number} ${change}`])).join(', ');
}

function contentLines(result: DiffResult, options: DiffTextOptions, paint: Paint): string[] {
  const { entries, truncated } = result;
  if (entries.length === 0) return [];
  const folders = Map.groupBy(entries, folderOf);
  const lines = [...folders].flatMap(([folder, inside]) => [
    `${paint('bold', cut(escapeText(folder), options.width - 30))} ${paint('dim', `(${countsText(inside)})`)}`,
    ...inside.flatMap((entry) => entryLines(entry, options, paint)),
  ]);
  const more = truncated ? [paint('yellow', 'There are more; raise --max-diffs to see them.')] : [];
  return [
    '',
    `${paint('bold', 'Entries')}: ${countsText(entries)}${truncated ? ' shown' : ''}`,
    ...lines,
    ...more,
  ];
}

function artifactLines({ artifact }: DiffResult): string[] {
  if (artifact === null) return [];
  const types = [...new Set([artifact.a, artifact.b])].map((type) => `"${type}"`).join(' and ');
  return ['', escapeText(`Artifacts of type ${types}, no images: their blobs were compared by digest`)];
}

/** The result for people; the first line says whether they are equal and at which rung. Ends with a line feed. */
export function diffText(result: DiffResult, options: DiffTextOptions): string {
  const paint = painter(options.colour);
  const lines = [
    headline(result, options, paint),
    ...pointerLines('Manifest', result.manifest, result.a.manifest !== result.b.manifest, paint),
    ...pointerLines('Config', result.config, result.a.config !== result.b.config, paint),
    ...artifactLines(result),
    ...contentLines(result, options, paint),
    ...attestationLines(result.attestations, `${paint('bold', 'Attestations')} (compared apart)`),
  ];
  return `${lines.join('\n')}\n`;
}
