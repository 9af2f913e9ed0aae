import { Composer, isMap, isScalar, isSeq, LineCounter, Parser, visit } from 'yaml';
import type { CST, Node, YAMLMap } from 'yaml';
import { TwinproofError } from '../errors.ts';
import { quote } from './quote.ts';

/** What YAML may cost: each of these characters can become an object of about 1 kB in the parser. */
const MAX_INDICATORS = 600_000;
export const MAX_YAML_BYTES = 4 * 1024 ** 2;
/** A lock needs about eight. */
const MAX_DEPTH = 32;
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
 * first. Scalars are plain text (YAML's failsafe schema): a version `1.10` stays `1.10`. Aliases are refused, as no
 * tool writes them and they can blow up.
 */
export class YamlReader {
  readonly root: Value | null;
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #complaints: Complaint[] = [];

  /** @throws TwinproofError lock-invalid for what is no YAML, or YAML with aliases or out of all proportion */
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
  map(value: Value | null, what: string): Map<string, Value | null> {
    const entries = new Map<string, Value | null>();
    if (value === null || !isMap(value)) {
      this.complain(value, `${what} must be a mapping`);
      return entries;
    }
    for (const pair of (value as YAMLMap<Node, Node | null>).items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (entries.has(key)) this.complain(pair.key, `the key ${quote(key)} is given twice`);
      entries.set(key, pair.value);
    }
    return entries;
  }

  /** The items of a sequence. */
  list(value: Value | null, what: string): Value[] {
    if (value !== null && isSeq(value)) return value.items as Value[];
    this.complain(value, `${what} must be a list`);
    return [];
  }

  /** Text of a scalar; the empty string, with a complaint, for anything else and for empty text. */
  text(value: Value | null, what: string): string {
    const text = value !== null && isScalar(value) ? String(value.value) : '';
    if (text === '') this.complain(value, `${what} must be text`);
    return text;
  }

  #parse(text: string): Value | null {
    if (countIndicators(text) > MAX_INDICATORS) {
      this.complain(null, 'too much YAML structure');
      return null;
    }
    const tokens = [...new Parser(this.#lines.addNewLine).parse(text)];
    // The composer recurses, and a stack that overflows within a regular expression would end the process.
    if (isDeep(tokens)) {
      this.complain(null, `YAML that is nested more than ${MAX_DEPTH} levels deep`);
      return null;
    }
    // uniqueKeys compares every key with every other: quadratic, so `map` looks for duplicates itself.
    const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, lineCounter: this.#lines });
    const [document, second] = [...composer.compose(tokens, true, text.length)];
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
    visit(document, {
      Alias: (_key, node) => {
        this.complain(node, 'YAML aliases are not allowed here');
        return visit.BREAK;
      },
    });
    return document.contents;
  }

  #complainAt(offset: number, text: string, hint: string | undefined): void {
    if (this.#complaints.length >= MAX_COMPLAINTS) return;
    const { line, col } = this.#lines.linePos(offset);
    this.#complaints.push({ line: Math.max(line, 1), column: Math.max(col, 1), text, hint });
  }
}

function countIndicators(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    // - , : ? [ ] { }
    if (
      code === 0x2d ||
      code === 0x2c ||
      code === 0x3a ||
      code === 0x3f ||
      (code | 0x20) === 0x7b ||
      (code | 0x20) === 0x7d
    )
      count += 1;
  }
  return count;
}

function isDeep(tokens: CST.Token[]): boolean {
  let level = tokens;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat());
}
