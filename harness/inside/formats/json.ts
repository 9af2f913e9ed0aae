import { FormatFault, type Format, type FormatResult, type Walk } from '../format.ts';
import { textFound } from './text.ts';
import { compareText } from '../../model/text-order.ts';

const MAX_BYTES = 4 * 2 ** 20;

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).map(([key, inner]): [string, unknown] => [key, sorted(inner)]);
  return Object.fromEntries(pairs.sort(([a], [b]) => compareText(a, b)));
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[^\s"{}[\],:]+|[{}[\],:]/gs;

/** What one text says in other words than the other, by its tokens: parsed numbers may lose digits, and keys repeat. */
function nameOf(a: string, b: string): string | null {
  const [one, other] = [a.match(TOKEN) ?? [], b.match(TOKEN) ?? []];
  if (one.join('\n') === other.join('\n')) return 'formatting';
  if (one.sort().join('\n') !== other.sort().join('\n')) return null;
  const meaning = (text: string): string => JSON.stringify(sorted(JSON.parse(text)));
  return meaning(a) === meaning(b) ? 'key-order' : null;
}

/** Whether only white space or the order of keys differs; everything else is a matter of text. */
function compare(a: Buffer, b: Buffer, walk: Walk): FormatResult {
  const [one, other] = [a.toString('utf8'), b.toString('utf8')];
  const field = nameOf(one, other);
  if (field === null) throw new FormatFault('differs in content: as text');
  return { fields: [{ field, offset: null, a: null, b: null }], ...textFound(one, other, walk) };
}

/** JSON that says the same in another way. */
export const json: Format = {
  name: 'json',
  detects: (bytes) => bytes.length <= MAX_BYTES && /^\s*[[{]/.test(bytes.toString('latin1', 0, 64)),
  compare,
};
