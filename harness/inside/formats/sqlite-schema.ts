/** What a `CREATE TABLE` statement says about how rows are stored. */
export interface TableShape {
  columns: string[];
  /** Column that is the rowid and stored as null; -1 when there is none. */
  rowidColumn: number;
}

const CONSTRAINT = /^(constraint|primary\s+key|unique|check|foreign\s+key)\b/i;
const CLOSING: Partial<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };

/** Index after a quoted text that begins at `at`. */
function quotedEnd(sql: string, at: number): number {
  const closing = CLOSING[sql.charAt(at)] ?? '';
  const end = sql.indexOf(closing, at + 1);
  return end < 0 ? sql.length : end + 1;
}

/** Definitions between the outer parentheses, split at their commas. */
function definitions(sql: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = -1;
  for (let at = 0; at < sql.length; at++) {
    const character = sql.charAt(at);
    if (CLOSING[character] !== undefined) at = quotedEnd(sql, at) - 1;
    else if (character === '(' && depth++ === 0) start = at + 1;
    else if (character === ')' && --depth === 0) {
      found.push(sql.slice(start, at));
      break;
    } else if (character === ',' && depth === 1) {
      found.push(sql.slice(start, at));
      start = at + 1;
    }
  }
  return found.map((text) => text.trim());
}

function columnName(definition: string): string {
  const quoted = CLOSING[definition.charAt(0)] !== undefined;
  if (quoted) return definition.slice(1, quotedEnd(definition, 0) - 1);
  return /^[^\s(]+/.exec(definition)?.[0] ?? '';
}

/** Names of the stored columns; good enough to name fields, not a parser of SQL. */
export function tableShape(sql: string): TableShape {
  const stored = definitions(sql).filter(
    (text) => !CONSTRAINT.test(text) && !(/\bas\s*\(/i.test(text) && !/\bstored\b/i.test(text)),
  );
  const isRowid = (text: string): boolean => /\s+integer\s+primary\s+key\b(?!\s+desc)/i.test(text);
  return { columns: stored.map(columnName), rowidColumn: stored.findIndex(isRowid) };
}
