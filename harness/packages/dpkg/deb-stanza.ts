import { TwinproofError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';

/** Field names in lower case (they are case-insensitive); continuation lines joined by `\n`, without their indent. */
export type Stanza = Map<string, string>;

export interface StanzaOptions {
  /** Named in errors, followed by the line number. */
  where?: string;
  /** Code of the errors; `image-invalid` unless given. */
  code?: ErrorCode;
  /** Keep only these fields (lower case); saves memory on a whole Packages index. All unless given. */
  fields?: ReadonlySet<string>;
  maxStanzas?: number;
  /** Length of one field's value, continuation lines included. */
  maxValueLength?: number;
}

const MAX_STANZAS = 1_000_000;
const MAX_VALUE_LENGTH = 1024 * 1024;
const MAX_FIELDS = 1000;

/** All stanzas of a text; see `readStanzas`. */
export function parseStanzas(text: string, options: StanzaOptions = {}): Stanza[] {
  return [...readStanzas(text, options)];
}

/**
 * Reads RFC 822-like control data, one stanza at a time: dpkg status, Packages, Release (Debian Policy 5.1).
 * Lines of blanks only separate stanzas. Stanzas in which no wanted field occurs are left out.
 * @throws TwinproofError for a line that is no field, a continuation of nothing, a field given twice, or too much of it
 */
export function* readStanzas(text: string, options: StanzaOptions = {}): Generator<Stanza, void> {
  const reader = new StanzaReader(options);
  for (const line of linesOf(text)) {
    const done = reader.take(line);
    if (done !== null) yield done;
  }
  const last = reader.take('');
  if (last !== null) yield last;
}

function* linesOf(text: string): Generator<string, void> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    if (end === -1) {
      yield text.slice(start);
      return;
    }
    yield text.slice(start, end);
    start = end + 1;
  }
}

class StanzaReader {
  readonly #options: StanzaOptions;
  #line = 0;
  #stanzas = 0;
  #fields: Stanza = new Map();
  /** Every field of the stanza, also the ones that are not wanted, to notice one that is given twice. */
  #seen = new Set<string>();
  #open: { name: string; lines: string[]; length: number } | null = null;

  constructor(options: StanzaOptions) {
    this.#options = options;
  }

  /** Takes one line without its end; returns a stanza when the line ends one that is not empty. */
  take(line: string): Stanza | null {
    this.#line += 1;
    if (/^[ \t\r]*$/.test(line)) return this.#endStanza();
    if (line.startsWith(' ') || line.startsWith('\t')) this.#continueField(line);
    else this.#startField(line);
    return null;
  }

  #startField(line: string): void {
    this.#endField();
    const match = /^([!-,.-9;-~][!-9;-~]*)[ \t]*:/.exec(line.slice(0, 256));
    if (match?.[1] === undefined) throw this.#fault('this line is no "Field: value"');
    const name = match[1].toLowerCase();
    if (this.#seen.has(name)) throw this.#fault(`the field "${name}" is given twice in one stanza`);
    this.#seen.add(name);
    if (this.#seen.size > MAX_FIELDS) throw this.#fault(`a stanza has more than ${MAX_FIELDS} fields`);
    this.#open = { name, lines: [], length: 0 };
    this.#append(line.slice(match[0].length).trim());
  }

  #continueField(line: string): void {
    if (this.#open === null) throw this.#fault('this line continues a field, but there is none');
    this.#append(line.slice(1).trimEnd());
  }

  #append(value: string): void {
    if (this.#open === null) return;
    this.#open.length += value.length + 1;
    if (this.#open.length > (this.#options.maxValueLength ?? MAX_VALUE_LENGTH)) {
      throw this.#fault(`the field "${this.#open.name}" is too long`);
    }
    if (this.#wanted(this.#open.name)) this.#open.lines.push(value);
  }

  #wanted(name: string): boolean {
    return this.#options.fields?.has(name) ?? true;
  }

  #endField(): void {
    if (this.#open !== null && this.#wanted(this.#open.name)) {
      this.#fields.set(this.#open.name, this.#open.lines.join('\n'));
    }
    this.#open = null;
  }

  #endStanza(): Stanza | null {
    this.#endField();
    const stanza = this.#fields;
    this.#fields = new Map();
    this.#seen = new Set();
    if (stanza.size === 0) return null;
    this.#stanzas += 1;
    if (this.#stanzas > (this.#options.maxStanzas ?? MAX_STANZAS)) throw this.#fault('too many stanzas');
    return stanza;
  }

  #fault(message: string): TwinproofError {
    const { where, code } = this.#options;
    return new TwinproofError(code ?? 'image-invalid', message, {
      where: `${where ?? 'control data'}:${this.#line}`,
    });
  }
}
