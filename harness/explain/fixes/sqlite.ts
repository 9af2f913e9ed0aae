import type { Edit } from '../../containerfile/run-scripts.ts';
import { program } from './rewrite.ts';

/** Functions that take a time first, or after a format (sqlite.org/lang_datefunc.html). */
const TIME = /^(?:date|time|datetime|julianday|unixepoch)$/i;
const FORMATTED = /^strftime$/i;

/** Strings, words, and single characters of SQL; comments are left to be none. */
const TOKEN = /'(?:[^']|'')*'|\w+|\S/g;

/** `datetime('now')` in SQL that stands in double quotes, where the shell puts variables in. */
function nowIn(sql: string, start: number): Edit[] {
  const tokens = [...sql.matchAll(TOKEN)];
  return tokens.flatMap((token, at): Edit[] => {
    if (token[0].toLowerCase() !== "'now'") return [];
    const before = (back: number): string => tokens[at - back]?.[0] ?? '';
    const first = before(1) === '(' && TIME.test(before(2));
    const second = before(1) === ',' && before(3) === '(' && FORMATTED.test(before(4));
    if (!first && !second) return [];
    const from = start + token.index;
    return [{ start: from, end: from + token[0].length, text: "$SOURCE_DATE_EPOCH, 'unixepoch'" }];
  });
}

export const SQLITE_NOW = program(
  /^sqlite3$/,
  "datetime($SOURCE_DATE_EPOCH, 'unixepoch')",
  ({ arguments: words }) =>
    words.flatMap(({ text, start }) => (/^"[^"\\`$]*"$/.test(text) ? nowIn(text, start) : [])),
);
