import { parse } from 'unbash';
import type { AssignmentPrefix, Command, Node, Redirect, Script, Word, WordPart } from 'unbash';

/** A word of a command, where it stands in the script. */
export interface ShellWord {
  start: number;
  end: number;
  /** As written. */
  text: string;
  /** What the command is given; null where that is only known when it runs. */
  literal: string | null;
  /** The beginning of that, as far as it is known. */
  prefix: string;
}

/** A variable that is set for one command, or for the shell when there is no command. */
export interface ShellAssignment {
  name: string;
  start: number;
  end: number;
  text: string;
}

/** A simple command, wherever it stands: in a list, a pipeline, a loop, a command substitution. */
export interface ShellCommand {
  assignments: ShellAssignment[];
  words: ShellWord[];
  start: number;
  /** Its standard input is a pipe. */
  piped: boolean;
  /** The simple command at the other end of that pipe. */
  pipedFrom: ShellCommand | null;
}

/** `$NAME` or `${NAME}` where it is expanded; other forms are not listed. */
export interface ShellExpansion {
  name: string;
  start: number;
  end: number;
}

export interface ShellScript {
  commands: ShellCommand[];
  expansions: ShellExpansion[];
  /** Pieces in which some characters mean something else: single quotes end there, or double quotes. */
  quoted: { start: number; end: number; by: "'" | '`' }[];
  /** Where its first command begins, behind comments. */
  start: number;
  /** How it goes on with another command: ` && `, or a blank behind a separator; null where nothing can follow. */
  next: string | null;
}

const MAX_LENGTH = 65_536;

/** Reads what a shell is to run. Null for what is no whole script of a POSIX shell or bash, or not understood. */
export function parseShell(text: string): ShellScript | null {
  if (text.length > MAX_LENGTH) return null;
  const reader = new Reader(text);
  try {
    const script = parse(text);
    if ((script.errors?.length ?? 0) > 0) return null;
    reader.script(script, 0);
    const rest = text.slice(script.commands.at(-1)?.end ?? 0);
    if (!reader.sound || !/^[\s;]*(?:#.*)?$/s.test(rest)) return null;
    return { ...reader.found, start: script.commands[0]?.pos ?? 0, next: nextOf(text, script) };
  } catch (error) {
    // Nested so deeply that no stack is large enough.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function nextOf(text: string, { commands }: Script): string | null {
  const last = commands.at(-1);
  const rest = text.slice(last?.end ?? 0).trim();
  if (last === undefined || rest === ';') return ' ';
  if (rest !== '') return null;
  return last.background === true ? ' ' : ' && ';
}

const SHELLS = /^(?:.*\/)?(?:ba|da|a|z|k)?sh$/;

/** Walks the tree; of what stands in `$(…)` it has places that count from there, so each piece has a base. */
class Reader {
  readonly found: Omit<ShellScript, 'start' | 'next'> = { commands: [], expansions: [], quoted: [] };
  /** All words are where the tree says that they are. */
  sound = true;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  script({ commands }: Script, base: number): void {
    for (const command of commands) this.#node(command, base);
  }

  #node(node: Node, base: number): ShellCommand | null {
    switch (node.type) {
      case 'Command':
        return this.#command(node, base);
      case 'Statement':
        this.#redirects(node.redirects, base);
        return this.#node(node.command, base);
      case 'Pipeline':
        this.#pipeline(node.commands, base);
        return null;
      default:
        this.#children(node, base);
        return null;
    }
  }

  /** Of loops, groups and the like only what they hold matters. */
  #children(node: object, base: number): void {
    for (const value of Object.values(node) as unknown[]) {
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (typeof child !== 'object' || child === null) continue;
        if (!('type' in child)) {
          if ('text' in child && 'pos' in child) this.#word(child as Word, base);
        } else if (typeof child.type === 'string' && /^(?:Arithmetic|Test)/.test(child.type)) continue;
        else if (child.type === 'CaseItem') this.#children(child, base);
        else this.#node(child as Node, base);
      }
    }
  }

  #pipeline(nodes: readonly Node[], base: number): void {
    let previous: ShellCommand | null = null;
    for (const [at, node] of nodes.entries()) {
      const command: ShellCommand | null = this.#node(node, base);
      if (command !== null && at > 0) Object.assign(command, { piped: true, pipedFrom: previous });
      previous = command;
    }
  }

  #command({ name, prefix, suffix, redirects, pos }: Command, base: number): ShellCommand {
    const all = name === undefined ? suffix : [name, ...suffix];
    const command: ShellCommand = {
      assignments: prefix.flatMap((assignment) => this.#assignment(assignment, base)),
      words: all.map((word) => this.#word(word, base)),
      start: base + pos,
      piped: false,
      pipedFrom: null,
    };
    this.found.commands.push(command);
    this.#redirects(redirects, base);
    this.#inner(command.words);
    return command;
  }

  /** Of these only what is expanded matters. The tree has them without their quotes, and those behind `<<` nowhere. */
  #redirects(redirects: readonly Redirect[], base: number): void {
    for (const { target } of redirects) {
      const { pos = 0, end = 0, parts = [] } = target ?? {};
      const written = this.#text.slice(base + pos, base + end);
      if (written === parts.map(({ text }) => text).join('')) this.#parts(parts, base + pos);
    }
  }

  /** `sh -c '…'`: what is in the quotes stands there as it is. */
  #inner(words: readonly ShellWord[]): void {
    if (!SHELLS.test(words[0]?.literal ?? '')) return;
    const option = words.findIndex(({ literal }) => /^-[a-z]*c$/.test(literal ?? ''));
    const word = option < 1 ? undefined : words[option + 1];
    if (word === undefined || !/^'[^']*'$/.test(word.text)) return;
    const inner = parse(word.text.slice(1, -1));
    if ((inner.errors?.length ?? 0) > 0) return;
    this.found.quoted.push({ start: word.start, end: word.end, by: "'" });
    this.script(inner, word.start + 1);
  }

  #assignment({ name, value, array, pos, end, text }: AssignmentPrefix, base: number): ShellAssignment[] {
    for (const word of value === undefined ? (array ?? []) : [value]) this.#word(word, base);
    return name === undefined ? [] : [{ name, start: base + pos, end: base + end, text }];
  }

  #word({ text, pos, end, parts = [] }: Word, base: number): ShellWord {
    const start = base + pos;
    if (this.#text.slice(start, base + end) !== text) this.sound = false;
    this.#parts(parts, start);
    const { known, whole } = parts.length === 0 ? { known: unescaped(text), whole: true } : knownOf(parts);
    return { start, end: base + end, text, literal: whole ? known : null, prefix: known };
  }

  #parts(parts: readonly WordPart[], start: number): void {
    let at = start;
    for (const part of parts) {
      if (part.type === 'DoubleQuoted') this.#parts(part.parts, at + 1);
      if (part.type === 'SimpleExpansion') this.#expansion(part.text.slice(1), at, part.text);
      if (part.type === 'ParameterExpansion' && part.text === `\${${part.parameter}}`)
        this.#expansion(part.parameter, at, part.text);
      if (part.type === 'CommandExpansion' || part.type === 'ProcessSubstitution')
        this.#substitution(part, at);
      at += part.text.length;
    }
  }

  #expansion(name: string, start: number, text: string): void {
    if (/^[A-Za-z_]\w*$/.test(name)) this.found.expansions.push({ name, start, end: start + text.length });
  }

  #substitution({ text, script }: { text: string; script: Script | undefined }, at: number): void {
    if (script === undefined) return;
    const ticked = text.startsWith('`');
    if (text.length < 2 || !text.endsWith(ticked ? '`' : ')')) this.sound = false;
    // In backticks a backslash may have gone, and nothing stands where the tree says.
    if (ticked && text.includes('\\')) return;
    if (ticked) this.found.quoted.push({ start: at, end: at + text.length, by: '`' });
    this.script(script, at + (ticked ? 1 : 2));
  }
}

const unescaped = (text: string): string => text.replaceAll(/\\(\n?)(.?)/gs, '$2');

/** The text of a word up to the first part of which only a running shell knows what it is. */
function knownOf(parts: readonly WordPart[]): { known: string; whole: boolean } {
  let known = '';
  for (const part of parts) {
    if (part.type === 'Literal') known += unescaped(part.text);
    else if (part.type === 'SingleQuoted' || part.type === 'AnsiCQuoted') known += part.value;
    else if (part.type === 'DoubleQuoted') {
      const inside = knownOf(part.parts);
      known += inside.known;
      if (!inside.whole) return { known, whole: false };
    } else return { known, whole: false };
  }
  return { known, whole: true };
}
