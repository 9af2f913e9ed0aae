import { escapeMarkup, escapeMarkupLines } from '../escape-xml.ts';

/** Text that is HTML already. Only `markup` and `lines` make it, so that nothing reaches a page without being escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | null | Html | readonly Part[];

/** A template in which every value is escaped but what is HTML itself; lists are joined, null is nothing. */
export function markup(strings: TemplateStringsArray, ...values: Part[]): Html {
  let text = strings[0] ?? '';
  for (let at = 0; at < values.length; at += 1)
    text += partText(values[at] ?? null) + (strings[at + 1] ?? '');
  return new Html(text);
}

function partText(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(partText).join('');
  return typeof part === 'string' ? escapeMarkup(part) : String(part);
}

/** Text of several lines, as it stands; for `pre`. */
export const lines = (text: string): Html => new Html(escapeMarkupLines(text));

/** The end of a line in `pre`. */
export const NEWLINE = new Html('\n');
