const HEADER = 12;
const TYPE_A = 1;
const CLASS_IN = 1;
const NO_SUCH_NAME = 3;
const MAX_NAME = 255;

/**
 * Answers one DNS query (RFC 1035, section 4): known hosts and `localhost` are 127.0.0.1, and have no record of another
 * type; every other name does not exist, and is reported. What is no query is not answered.
 */
export function answerTo(
  query: Buffer,
  hosts: readonly string[],
): { response: Buffer | null; refused: string | null } {
  const asked = questionOf(query);
  if (asked === null) return { response: null, refused: null };
  const { name, type, end } = asked;
  const known = name === 'localhost' || name.endsWith('.localhost') || hosts.includes(name);
  const address = known && type === TYPE_A;
  const header = Buffer.alloc(HEADER);
  query.copy(header, 0, 0, 2);
  // A response, recursion wanted (as asked) and available.
  header.writeUInt16BE(0x8080 | (query.readUInt16BE(2) & 0x0100) | (known ? 0 : NO_SUCH_NAME), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(address ? 1 : 0, 6);
  const parts = [header, query.subarray(HEADER, end)];
  if (address) parts.push(record());
  return { response: Buffer.concat(parts), refused: known ? null : name };
}

/** A record of the name in the question (a pointer to it): class IN, type A, a minute, 127.0.0.1. */
function record(): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16BE(0xc000 | HEADER, 0);
  bytes.writeUInt16BE(TYPE_A, 2);
  bytes.writeUInt16BE(CLASS_IN, 4);
  bytes.writeUInt32BE(60, 6);
  bytes.writeUInt16BE(4, 10);
  bytes.set([127, 0, 0, 1], 12);
  return bytes;
}

/** The only question of a query, its name in lower case, and where it ends; null when this is none. */
function questionOf(query: Buffer): { name: string; type: number; end: number } | null {
  if (query.length < HEADER + 5 || (query.readUInt16BE(2) & 0xf800) !== 0 || query.readUInt16BE(4) !== 1)
    return null;
  const labels: string[] = [];
  let at = HEADER;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > 63 || at - HEADER > MAX_NAME) return null;
    at += 1;
    if (length === 0) break;
    labels.push(query.toString('latin1', at, at + length));
    at += length;
  }
  if (at + 4 > query.length) return null;
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at), end: at + 4 };
}
