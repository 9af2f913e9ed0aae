import type { Instruction } from './parse.ts';
import { parseShell, type ShellScript } from './shell.ts';

/** What one RUN has a shell run, and where that stands in the text of the instruction. */
export interface RunScript extends ShellScript {
  text: string;
  /** Of each character, its place in `Instruction.text`. */
  places: readonly number[];
  /** A here-document, to which commands are added line by line. */
  lines: boolean;
}

/** Text to be put in place of a piece of a script; an empty piece is an insertion. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * The scripts of a RUN: its command in shell form, or here-documents that are scripts. None of the exec form, and of what is
 * no script of a POSIX shell.
 */
export function runScripts(instruction: Instruction): RunScript[] {
  const { keyword, arguments: written, escape } = instruction;
  if (keyword !== 'RUN' || escape !== '\\' || /^\s*\[/.test(written)) return [];
  const header = joinedLines(instruction);
  const from = header.text.length - written.length;
  if (header.text !== instruction.written || from < 0) return [];
  const places = header.places.slice(from);
  const script = parseShell(written);
  if (script === null) return [];
  if (instruction.hereDocuments.length > 0 && isHereDocumentOnly(script)) return hereScripts(instruction);
  return [{ ...script, text: written, places, lines: false }];
}

/** `<<EOF`, or `sh -e <<EOF`: the document is what runs. */
function isHereDocumentOnly({ commands }: ShellScript): boolean {
  const [command, ...others] = commands;
  if (command === undefined || others.length > 0) return false;
  const [program, ...rest] = command.words;
  if (program === undefined) return true;
  const isShell = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a)?sh$/.test(program.literal ?? '');
  return isShell && rest.every(({ literal }) => literal?.startsWith('-') === true && !literal.endsWith('c'));
}

/** Joins the lines of an instruction as the parser of Containerfiles does, and keeps where each character was. */
function joinedLines({ text }: Instruction): { text: string; places: number[] } {
  let joined = '';
  const places: number[] = [];
  let at = 0;
  for (const raw of text.split('\n')) {
    const own = raw.replace(/\r$/, '');
    const isNothing = /^\s*(?:#|$)/.test(own.replace(/^\uFEFF/, ''));
    if (!isNothing) {
      const skipped = own.startsWith('\uFEFF') ? 1 : 0;
      const part = own.slice(skipped).replace(/\\[ \t]*$/, '');
      for (let index = 0; index < part.length; index++) places.push(at + skipped + index);
      joined += part;
      if (!/\\[ \t]*$/.test(own)) break;
    }
    at += raw.length + 1;
  }
  const lead = joined.length - joined.trimStart().length;
  const trimmed = joined.trim();
  return { text: trimmed, places: places.slice(lead, lead + trimmed.length) };
}

/** Here-documents stand at the end of the instruction, one after the other. */
function hereScripts({ text, hereDocuments }: Instruction): RunScript[] {
  const scripts: RunScript[] = [];
  let from = 0;
  for (const { content } of hereDocuments) {
    // One without lines cannot be distinguished from one with an empty line.
    const start = content === '' ? -1 : text.indexOf(`\n${content}\n`, from);
    if (start < 0) return scripts;
    from = start + content.length + 1;
    const interpreter = /^#![ \t]*\S+(?:[ \t]+\S+)?/.exec(content);
    const script = interpreter === null || /\bsh$|bash$/.test(interpreter[0]) ? parseShell(content) : null;
    if (script === null) continue;
    const places = Array.from({ length: content.length }, (_, index) => start + 1 + index);
    scripts.push({ ...script, text: content, places, lines: true });
  }
  return scripts;
}

/** A piece that holds a character which would end the quotes around it, or would not be read as it is meant. */
function fits({ quoted }: ShellScript, { start, end, text }: Edit): boolean {
  return !quoted.some((piece) => piece.start < start && end < piece.end && text.includes(piece.by));
}

/** In backticks double quotes pair with those outside; what is written here needs none. */
function adapted({ quoted }: ShellScript, edit: Edit): Edit {
  const ticked = quoted.some(({ start, end, by }) => by === '`' && start < edit.start && edit.end < end);
  return ticked ? { ...edit, text: edit.text.replaceAll('"', '') } : edit;
}

/**
 * The text of an instruction with a script edited. All edits of one script are made or none; of two that meet, neither
 * could be relied on.
 */
export function editRun(instruction: Instruction, script: RunScript, edits: readonly Edit[]): string {
  const sorted = edits
    .map((edit) => adapted(script, edit))
    .sort((a, b) => b.start - a.start || b.end - a.end);
  const meet = sorted.some(({ end }, at) => at > 0 && end > (sorted[at - 1]?.start ?? 0));
  if (meet || !sorted.every((edit) => fits(script, edit))) return instruction.text;
  return sorted.reduce((text, edit) => {
    const start = placeOf(script, edit.start);
    const end = edit.end === edit.start ? start : placeOf(script, edit.end - 1) + 1;
    return text.slice(0, start) + edit.text + text.slice(end);
  }, instruction.text);
}

/** At the end, behind the last character. */
function placeOf({ places }: RunScript, at: number): number {
  return places[at] ?? (places.at(-1) ?? -1) + 1;
}
