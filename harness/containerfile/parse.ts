import { expand, wordsOf } from './words.ts';

/** `--name=value`; a flag without value has the value `true`. */
export interface Flag {
  name: string;
  value: string;
}

export interface HereDocument {
  name: string;
  /** Its lines, joined by line feeds. */
  content: string;
}

/** One instruction of a Containerfile (Containerfile(5)). Lines count from 1. */
export interface Instruction {
  /** `FROM`, `RUN` …, in capitals; empty for comments and empty lines at the end, which belong to no instruction. */
  keyword: string;
  /** The line of its keyword. */
  line: number;
  /** Its last line, here-documents included. */
  last: number;
  /** All its lines, with the comments and empty lines before it; joined by line feeds they are the file again. */
  text: string;
  /** The instruction alone: continued lines joined, without comments and here-documents. */
  written: string;
  flags: Flag[];
  /** What of that comes after keyword and flags. */
  arguments: string;
  hereDocuments: HereDocument[];
  /** The character that takes the next one literally. */
  escape: string;
}

const WITH_HERE_DOCUMENTS = new Set(['RUN', 'COPY', 'ADD']);

/**
 * Splits a Containerfile into its instructions, as buildah's parser (openshift/imagebuilder) and BuildKit's do. It never
 * fails: what is no Containerfile gives instructions that nobody knows.
 */
export function parseContainerfile(text: string): Instruction[] {
  const lines = text.split('\n');
  const escape = escapeOf(lines);
  const found: Instruction[] = [];
  for (let from = 0; from < lines.length;) {
    const { instruction, next } = readInstruction(lines, from, escape);
    found.push(instruction);
    from = next;
  }
  return found;
}

/** The file again, byte for byte. */
export const containerfileText = (instructions: readonly Pick<Instruction, 'text'>[]): string =>
  instructions.map(({ text }) => text).join('\n');

/** An instruction with its here-documents, without comments. */
export const wholeText = ({ written, hereDocuments }: Instruction): string =>
  [written, ...hereDocuments.map(({ content }) => content)].join('\n');

const isNothing = (line: string): boolean => /^\s*(?:#|$)/.test(line);

/** Directives are comments before anything else. */
function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const [, name = '', value = ''] = /^\uFEFF?#\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (name === '') return '\\';
    if (name.toLowerCase() === 'escape') return value === '`' ? value : '\\';
  }
  return '\\';
}

function readInstruction(
  lines: readonly string[],
  from: number,
  escape: string,
): { instruction: Instruction; next: number } {
  let at = from;
  while (at < lines.length && isNothing(lineAt(lines, at))) at += 1;
  const line = Math.min(at + 1, lines.length);
  const continued = new RegExp(`\\${escape}[ \\t]*$`);
  const parts: string[] = [];
  let last = line;
  for (; at < lines.length; at++) {
    const part = lineAt(lines, at);
    if (isNothing(part)) continue;
    last = at + 1;
    parts.push(part.replace(continued, ''));
    if (!continued.test(part)) break;
  }
  const written = parts.join('').trim();
  const { keyword, flags, rest } = splitInstruction(written, escape);
  const { documents, next } = hereDocumentsOf(lines, Math.min(at + 1, lines.length), {
    keyword,
    rest,
    escape,
  });
  const instruction = {
    keyword,
    line,
    last: documents.length > 0 ? next : last,
    text: lines.slice(from, next).join('\n'),
    written,
    flags,
    arguments: rest,
    hereDocuments: documents,
    escape,
  };
  return { instruction, next };
}

const lineAt = (lines: readonly string[], at: number): string => {
  const line = (lines[at] ?? '').replace(/\r$/, '');
  return at === 0 ? line.replace(/^\uFEFF/, '') : line;
};

function splitInstruction(written: string, escape: string): { keyword: string; flags: Flag[]; rest: string } {
  const keyword = /^\S*/.exec(written)?.[0] ?? '';
  let rest = written.slice(keyword.length);
  const flags: Flag[] = [];
  let end = 0;
  for (const word of wordsOf(rest, escape)) {
    if (!word.text.startsWith('--') || word.text === '--') break;
    const [, name = '', value = 'true'] = /^--([^=]*)(?:=(.*))?$/s.exec(word.text) ?? [];
    flags.push({ name: name.toLowerCase(), value });
    end = word.end;
  }
  rest = rest.slice(end).trim();
  return { keyword: keyword.toUpperCase(), flags, rest };
}

/** The word after `<<`; a word that only holds one somewhere, as `$((1<<2))` or `<<<`, opens none. */
const OPENS = /^\d*<<(-?)([^<]+)$/;

function hereDocumentsOf(
  lines: readonly string[],
  from: number,
  { keyword, rest, escape }: { keyword: string; rest: string; escape: string },
): { documents: HereDocument[]; next: number } {
  const documents: HereDocument[] = [];
  let next = from;
  const command = keyword === 'ONBUILD' ? (/^\s*(\w+)/.exec(rest)?.[1] ?? '').toUpperCase() : keyword;
  if (!rest.includes('<<') || !WITH_HERE_DOCUMENTS.has(command)) return { documents, next };
  for (const { text } of wordsOf(rest, escape)) {
    const [, dash, word] = OPENS.exec(text) ?? [];
    if (word === undefined) continue;
    const name = expand(word, () => undefined, escape).text;
    const start = next;
    const ends = (line: string): boolean => (dash === '-' ? line.replace(/^\t+/, '') : line) === name;
    while (next < lines.length && !ends(lineAt(lines, next))) next += 1;
    documents.push({ name, content: lines.slice(start, next).join('\n') });
    next = Math.min(next + 1, lines.length);
  }
  return { documents, next };
}

/** The value of a flag of an instruction; the last one counts. */
export const flagOf = ({ flags }: Instruction, name: string): string | undefined =>
  flags.findLast((flag) => flag.name === name)?.value;
