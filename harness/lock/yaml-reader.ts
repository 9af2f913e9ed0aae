import { isAlias, isMap, isScalar, isSeq, LineCounter } from 'yaml';
import type { Alias, Node, YAMLMap } from 'yaml';
import { TwinproofError } from '../errors.ts';
import { quote } from './quote.ts';
import { findAliases } from '../yaml/aliases.ts';
import { composeYaml } from '../yaml/compose.ts';

export const MAX_YAML_BYTES = 4 * 1024 ** 2;
/** A lock needs about eight. */
const MAX_DEPTH = 32;
/** Keys and items that may be looked at: without aliases no file can have more, with them a small one can. */
const MAX_LOOKS = 600_000;
/** Mappings merged into one another. */
const MAX_MERGES = 8;
const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const MAX_COMPLAINTS = 50;

export interface Complaint {
  line: number;
  column: number;
  text: string;
  hint: string | undefined;
}

/** A value of the file with its place; `null` where a key is absent. */
export type Value = Node;

/**
 * Reads a YAML file whose shape is known, and collects complaints with line and column instead of stopping at the
 * first. Scalars are plain text (YAML's failsafe schema): a version `1.10` stays `1.10`. Aliases and merged mappings
 * (`<<`) are followed, as far as that stays within reason: Python writes aliases where two lists are one.
 */
export class YamlReader {
  readonly root: Value | null;
  readonly #file: string;
  #lines = new LineCounter();
  readonly #complaints: Complaint[] = [];
  #aliases: ReadonlyMap<Alias, Node> = new Map();
  #looks = 0;

  /** @throws TwinproofError lock-invalid for what is no YAML, or YAML out of all proportion */
  constructor(file: string, text: string) {
    this.#file = file;
    this.root = this.#parse(text);
    this.finish();
  }

  /** Notes that something is wrong at `at` (the beginning of the file for null). */
  complain(at: Value | null, text: string, hint?: string): void {
    const offset = at?.range?.[0] ?? 0;
    this.#complainAt(offset, text, hint);
  }

  /** `file:line:column`, for what turns out to be wrong later. */
  placeOf(value: Value): string {
    const { line, col } = this.#lines.linePos(value.range?.[0] ?? 0);
    return `${this.#file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  }

  /** @throws TwinproofError when anything was complained about */
  finish(): void {
    const [first, ...others] = this.#complaints.toSorted((a, b) => a.line - b.line || a.column - b.column);
    if (first === undefined) return;
    const next = others[0];
    const more =
      next === undefined
        ? ''
        : `; and ${others.length}${this.#complaints.length >= MAX_COMPLAINTS ? ' or more' : ''} other fault${others.length === 1 ? '' : 's'}, the next at ${next.line}:${next.column}`;
    throw new TwinproofError('lock-invalid', first.text + more, {
      where: `${this.#file}:${first.line}:${first.column}`,
      ...(first.hint === undefined ? {} : { hint: first.hint }),
    });
  }

  /** The entries of a mapping by key; complains about anything else and about a key that is given twice. */
  map(value: Value | null, what: string, merges = 0): Map<string, Value | null> {
    const entries = new Map<string, Value | null>();
    const node = this.#followed(value);
    if (node === null || !isMap(node)) {
      this.complain(value, `${what} must be a mapping`);
      return entries;
    }
    const { items } = node as YAMLMap<Node, Node | null>;
    this.#look(value, items.length);
    for (const pair of items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (entries.has(key)) this.complain(pair.key, `the key ${quote(key)} is given twice`);
      entries.set(key, pair.value);
    }
    return this.#merged(entries, what, merges);
  }

  /** The items of a sequence. */
  list(value: Value | null, what: string): Value[] {
    const node = this.#followed(value);
    if (node !== null && isSeq(node)) {
      this.#look(value, node.items.length);
      return node.items as Value[];
    }
    this.complain(value, `${what} must be a list`);
    return [];
  }

  /** Text of a scalar; the empty string, with a complaint, for anything else and for empty text. */
  text(value: Value | null, what: string): string {
    const node = this.#followed(value);
    const text = node !== null && isScalar(node) ? String(node.value) : '';
    if (text === '') this.complain(value, `${what} must be text`);
    return text;
  }

  /** Nothing, as YAML writes it. */
  isNull(value: Value): boolean {
    const node = this.#followed(value);
    return isScalar(node) && node.type === 'PLAIN' && NULLS.has(String(node.value));
  }

  /** Nothing, or text without a character. */
  isEmpty(value: Value): boolean {
    const node = this.#followed(value);
    return this.isNull(value) || (isScalar(node) && node.value === '');
  }

  /** With what `<<` brings in; a key that stands there itself comes first. */
  #merged(entries: Map<string, Value | null>, what: string, merges: number): Map<string, Value | null> {
    const from = entries.get('<<') ?? null;
    if (from === null) return entries;
    if (merges >= MAX_MERGES) {
      this.complain(from, 'mappings merged into one another too often');
      return entries;
    }
    entries.delete('<<');
    const node = this.#followed(from);
    const mappings = isSeq(node) ? this.list(from, what) : [from];
    for (const mapping of mappings) {
      for (const [key, value] of this.map(mapping, what, merges + 1))
        if (!entries.has(key)) entries.set(key, value);
    }
    return entries;
  }

  #followed(value: Value | null): Value | null {
    return isAlias(value) ? (this.#aliases.get(value) ?? null) : value;
  }

  /** @throws TwinproofError when aliases make the file say more than can be looked at */
  #look(at: Value | null, count: number): void {
    this.#looks += count;
    if (this.#looks <= MAX_LOOKS) return;
    this.complain(at, 'YAML that grows out of all proportion through its aliases');
    this.finish();
  }

  #parse(text: string): Value | null {
    const composed = composeYaml(text, { depth: MAX_DEPTH, schema: 'failsafe' });
    if (typeof composed === 'string') {
      const what =
        composed === 'deep' ? `nested more than ${MAX_DEPTH} levels deep` : 'of too much structure';
      this.complain(null, `YAML that is ${what}`);
      return null;
    }
    this.#lines = composed.lines;
    const [document, second] = composed.documents;
    if (document === undefined) return null;
    if (second !== undefined)
      this.complain(second.contents, 'a second document begins here; a file holds one');
    for (const { pos, code, message } of document.errors) {
      this.#complainAt(
        pos[0],
        `not valid YAML: ${message.split('\n', 1)[0] ?? code}`,
        'is the file cut off?',
      );
    }
    const { targets, lost } = findAliases(document);
    for (const alias of lost) this.complain(alias, 'an alias without its anchor');
    this.#aliases = targets;
    return document.contents;
  }

  #complainAt(offset: number, text: string, hint: string | undefined): void {
    if (this.#complaints.length >= MAX_COMPLAINTS) return;
    const { line, col } = this.#lines.linePos(offset);
    this.#complaints.push({ line: Math.max(line, 1), column: Math.max(col, 1), text, hint });
  }
}
