/** A word of a line as a shell splits it, with its quotes and escapes; `end` is where it ends in the line. */
export interface Word {
  text: string;
  end: number;
}

/** @param escape the character that takes the next one literally, a backslash unless a directive says otherwise */
export function* wordsOf(line: string, escape: string): Generator<Word, void> {
  let word = '';
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote === '' && /\s/.test(character)) {
      if (word !== '') yield { text: word, end: at };
      word = '';
      continue;
    }
    word += character;
    if (character === escape && quote !== "'") word += line.charAt(++at);
    else if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
  }
  if (word !== '') yield { text: word, end: line.length };
}

export type Lookup = (name: string) => string | undefined;

export interface Expanded {
  text: string;
  /** Names that nothing gives a value; what refers to them stays as it is written. */
  unknown: string[];
}

/** References may stand in references' defaults; deeper than this nobody writes. */
const MAX_DEPTH = 16;

/** Takes quotes and escapes away and puts variables in, as for the words of FROM, COPY and ADD (Containerfile(5)). */
export function expand(word: string, lookup: Lookup, escape = '\\'): Expanded {
  return new Expansion(lookup, escape).of(word, 0);
}

const REFERENCE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:\}|(:?[-+?])))/y;

class Expansion {
  readonly #lookup: Lookup;
  readonly #escape: string;
  readonly #unknown: string[] = [];

  constructor(lookup: Lookup, escape: string) {
    this.#lookup = lookup;
    this.#escape = escape;
  }

  of(word: string, depth: number): Expanded {
    let text = '';
    let quote = '';
    for (let at = 0; at < word.length;) {
      const character = word.charAt(at);
      const reference = character === '$' && quote !== "'" ? this.#reference(word, at, depth) : null;
      if (reference !== null) {
        text += reference.text;
        at = reference.end;
        continue;
      }
      at += 1;
      if (character === this.#escape && quote !== "'" && at < word.length) text += word.charAt(at++);
      else if (character === quote) quote = '';
      else if (quote === '' && (character === '"' || character === "'")) quote = character;
      else text += character;
    }
    return { text, unknown: this.#unknown };
  }

  #reference(word: string, at: number, depth: number): Word | null {
    REFERENCE.lastIndex = at;
    const match = REFERENCE.exec(word);
    if (match === null) return null;
    const [all, bare, braced = '', operator] = match;
    const name = bare ?? braced;
    let end = at + all.length;
    let operand = '';
    if (operator !== undefined) {
      const close = closingBrace(word, end);
      if (close === null || depth >= MAX_DEPTH) return null;
      operand = word.slice(end, close);
      end = close + 1;
    }
    const text = this.#value(name, operator ?? '', operand, depth);
    if (text !== null) return { text, end };
    this.#unknown.push(name);
    return { text: word.slice(at, end), end };
  }

  #value(name: string, operator: string, operand: string, depth: number): string | null {
    const value = this.#lookup(name);
    // With a colon an empty value counts as none.
    const given = value !== undefined && (value !== '' || !operator.startsWith(':'));
    if (operator.endsWith('-')) return given ? value : this.of(operand, depth + 1).text;
    if (operator.endsWith('+')) return given ? this.of(operand, depth + 1).text : '';
    return value ?? null;
  }
}

function closingBrace(word: string, from: number): number | null {
  let open = 0;
  for (let at = from; at < word.length; at++) {
    if (word.startsWith('${', at)) open += 1;
    if (word.charAt(at) !== '}') continue;
    if (open === 0) return at;
    open -= 1;
  }
  return null;
}
