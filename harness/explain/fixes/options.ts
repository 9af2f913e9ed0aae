import type { ShellWord } from '../../containerfile/shell.ts';

/** How a program reads its options (getopt(3)). */
export interface OptionStyle {
  /** Letters that take a value: the rest of their word, or the next one. */
  values?: string;
  /** Letters that take the rest of their word, if there is one. */
  attached?: string;
  /** Long options that take a value, with `=` or as the next word. */
  long?: readonly string[];
}

export interface Option {
  /** A letter, or a long name. */
  name: string;
  value: string | null;
  word: ShellWord;
  /** Where its letter stands in `word.text`; 0 for a long one. */
  at: number;
  /** The word that holds its value, when that is not its own. */
  valueWord: ShellWord | null;
}

export interface Options {
  options: Option[];
  operands: ShellWord[];
}

/** Options, bundled or not, wherever they stand, and what else a program is given. */
export function readOptions(words: readonly ShellWord[], style: OptionStyle = {}): Options {
  const found: Options = { options: [], operands: [] };
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    if (word.literal === '--') {
      found.operands.push(...words.slice(at + 1));
      break;
    }
    const read = !/^-./.test(word.prefix)
      ? null
      : word.prefix.startsWith('--')
        ? longOption(word, style)
        : bundle(word, style);
    if (read === null) {
      found.operands.push(word);
      continue;
    }
    const last = read.at(-1);
    if (last?.value === null && takesValue(last, style)) {
      last.valueWord = words[at + 1] ?? null;
      last.value = last.valueWord?.literal ?? null;
      at += 1;
    }
    found.options.push(...read);
  }
  return found;
}

const takesValue = ({ name }: Option, { values = '', long = [] }: OptionStyle): boolean =>
  name.length === 1 ? values.includes(name) : long.includes(name);

function longOption(word: ShellWord, { long = [] }: OptionStyle): Option[] {
  const [, written = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word.prefix) ?? [];
  // GNU programs know a long option by its beginning.
  const name = long.find((known) => written.length > 1 && known.startsWith(written)) ?? written;
  return [{ name, value: value ?? null, word, at: 0, valueWord: null }];
}

function bundle(word: ShellWord, { values = '', attached = '' }: OptionStyle): Option[] {
  const found: Option[] = [];
  const shift = word.text.indexOf('-');
  for (let at = 1; at < word.prefix.length; at++) {
    const name = word.prefix.charAt(at);
    const takes = values.includes(name) || attached.includes(name);
    const rest = word.prefix.slice(at + 1);
    const value = takes && (rest !== '' || word.literal === null) ? rest : null;
    found.push({ name, value, word, at: shift + at, valueWord: null });
    if (takes) break;
  }
  return found;
}

export const hasOption = ({ options }: Options, ...names: string[]): boolean =>
  options.some(({ name }) => names.includes(name));
