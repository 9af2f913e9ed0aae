/**
 * Names in archives are bytes. Inside the harness they are "binary strings" (latin1: one character a byte), which
 * compare and sort as the bytes do; only for people and JSON are they turned into text.
 */

const ascii = /^[\u0020-\u007e]*$/;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Length of the well-formed UTF-8 sequence at `at`, 0 if there is none (RFC 3629, section 4). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** Text of a binary string: UTF-8 where it is, `\xNN` for each byte that is not. */
export function nameText(binary: string): string {
  if (ascii.test(binary)) return binary;
  const bytes = Buffer.from(binary, 'latin1');
  try {
    return strict.decode(bytes);
  } catch {
    // Not UTF-8 throughout: piece by piece below.
  }
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    text +=
      length > 0 ? strict.decode(bytes.subarray(at, at + length)) : `\\x${bytes.toString('hex', at, at + 1)}`;
    at += Math.max(length, 1);
  }
  return text;
}

const untidy = /(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * Path of an entry without leading `./` or `/`, doubled slashes, `.` and `..`, which takes away the name before it
 * whatever that is, as Go's `filepath.Clean` does; the root is `.`. Null when it leads out of the root.
 */
export function cleanPath(name: string): string | null {
  const path = name.endsWith('/') ? name.slice(0, -1) : name;
  if (path !== '' && !untidy.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
