/** One way of logging in that a server offers (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** Lower case. */
  scheme: string;
  /** Names in lower case. */
  parameters: Map<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
/** `scheme`, not followed by `=`, or `name=value`. */
const PIECE = new RegExp(`(${TOKEN})(?:\\s*=\\s*(${QUOTED}|[^\\s,"]+))?`, 'y');
const GAP = /[\s,]*/y;
const MAX_HEADER = 16_384;

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
}

function parseOne(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  for (let at = 0; at < header.length;) {
    GAP.lastIndex = at;
    GAP.test(header);
    PIECE.lastIndex = GAP.lastIndex;
    const piece = PIECE.exec(header);
    // What cannot be read ends the list: an offer that is not understood is none.
    if (piece === null) break;
    const [, name = '', value] = piece;
    at = PIECE.lastIndex;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), unquoted(value));
  }
  return challenges;
}

/** What `WWW-Authenticate` offers, in order; anything malformed is left out. */
export function parseChallenges(header: string | string[] | undefined): Challenge[] {
  const headers = header === undefined ? [] : Array.isArray(header) ? header : [header];
  return headers.filter((one) => one.length <= MAX_HEADER).flatMap(parseOne);
}
