import type { HexWindow, InsideDiff } from '../inside/types.ts';
import { escapeLines, escapeText } from './escape.ts';
import { cut, type Look, type Paint } from './paint.ts';

/** Lines for one file; all of it is in the JSON. */
const MAX_LINES = 24;
const MAX_DIFF_LINES = 16;
const ROW = 16;

/** What a node is called on the way down; empty where its parent says enough. */
function label({ format, part }: InsideDiff): string {
  switch (format) {
    case 'elf-section':
      return `section ${part}`;
    case 'sqlite-table':
      return `table ${part}`;
    default:
      return part === '' || part === 'content' ? format : part;
  }
}

function diffLines(diff: string, indent: string, look: Look, paint: Paint): string[] {
  // The two lines with the names of the sides say nothing here.
  const body = escapeLines(diff).trimEnd().split('\n').slice(2);
  const shown = body.slice(0, MAX_DIFF_LINES).map((line) => {
    const text = `${indent}${cut(line, look.width - indent.length)}`;
    return line.startsWith('+') ? paint('green', text) : line.startsWith('-') ? paint('red', text) : text;
  });
  const left = body.length - shown.length;
  return left > 0 ? [...shown, paint('dim', `${indent}… ${left} more lines`)] : shown;
}

function printable(hex: string): string {
  return Buffer.from(hex, 'hex')
    .toString('latin1')
    .replaceAll(/[^\u0020-\u007e]/g, '.');
}

/** The first row of 16 bytes in which both sides differ. */
function windowLines({ offset, a, b }: HexWindow, indent: string, paint: Paint): string[] {
  const rows = Math.ceil(Math.max(a.length, b.length) / (2 * ROW));
  const row = Array.from({ length: rows }, (_, number) => number * 2 * ROW).find(
    (at) => a.slice(at, at + 2 * ROW) !== b.slice(at, at + 2 * ROW),
  );
  const from = row ?? 0;
  const side = (hex: string): string => {
    const bytes = hex.slice(from, from + 2 * ROW);
    return bytes === ''
      ? '(ends before)'
      : `${bytes.replaceAll(/(..)/g, '$1 ').padEnd(3 * ROW)} ${printable(bytes)}`;
  };
  const place = `0x${(offset + from / 2).toString(16)}`.padEnd(8);
  return [paint('red', `${indent}- ${place} ${side(a)}`), paint('green', `${indent}+ ${place} ${side(b)}`)];
}

const LIMITS = {
  depth: 'too deep',
  size: 'too large',
  time: 'too much work',
  count: 'too many parts',
} as const;

class Writer {
  readonly lines: string[] = [];
  readonly #look: Look;
  readonly #paint: Paint;
  readonly #indent: string;

  constructor(indent: string, look: Look, paint: Paint) {
    this.#indent = indent;
    this.#look = look;
    this.#paint = paint;
  }

  /** @param way labels from the file down to the node's parent */
  node(node: InsideDiff, way: string[]): void {
    const here = [...way, label(node)];
    // The file itself being text, or nothing known, needs no heading.
    const heading = node.part === '' && ['text', 'bytes'].includes(node.format) ? '' : here.join(' › ');
    const sign = { added: '+ ', removed: '- ', changed: '' }[node.change];
    const fields = node.fields.map(({ field, a, b }) => `${field} ${a ?? '-'} → ${b ?? '-'}`);
    if (node.change !== 'changed')
      this.#line(`${sign}${heading}${fields.length === 0 ? '' : `: ${this.#alone(node)}`}`);
    else if (fields.length === 1) this.#line(`${heading}: ${fields[0] ?? ''}`);
    else if (fields.length > 0) {
      this.#line(heading);
      for (const field of fields) this.#line(`  ${field}`);
    } else if (heading !== '' && (node.diff !== undefined || node.windows !== undefined)) this.#line(heading);
    if (node.diff !== undefined) this.#add(diffLines(node.diff, this.#indent, this.#look, this.#paint));
    else if (node.windows?.[0] !== undefined)
      this.#add(windowLines(node.windows[0], this.#indent, this.#paint));
    for (const limit of node.limits ?? [])
      this.#line(`${here.join(' › ')}: there is more, not looked at: ${LIMITS[limit]}`);
    for (const child of node.children) this.node(child, here);
    if (node.more !== undefined)
      this.#line(`${[...here, `${node.more} more`].join(' › ')}: the same fields differ`);
  }

  /** Values of a part that only one side has. */
  #alone({ fields }: InsideDiff): string {
    return fields.map(({ field, a, b }) => `${field} ${a ?? b ?? '-'}`).join(', ');
  }

  #line(text: string): void {
    this.#add([`${this.#indent}${cut(escapeText(text), this.#look.width - this.#indent.length)}`]);
  }

  #add(lines: string[]): void {
    this.lines.push(...lines);
  }
}

/** What differs inside a file, in a bounded number of lines. */
export function insideLines(node: InsideDiff, indent: string, look: Look, paint: Paint): string[] {
  const writer = new Writer(indent, look, paint);
  writer.node(node, []);
  const { lines } = writer;
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), paint('dim', `${indent}… ${lines.length - MAX_LINES} more lines`)];
}
