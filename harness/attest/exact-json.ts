import { TwinproofError } from '../errors.ts';
import { endOfString, parseJson } from '../oci/json.ts';
import type { Json } from '../oci/types.ts';

/**
 * JSON that every reader reads alike: UTF-8, no byte order mark, nothing after it, no key twice in an object (readers
 * take the first, the last, or both), and not deeper than a stack.
 * @returns what is wrong with it, where it is not that
 */
export function readExactJson(bytes: Uint8Array): { value: Json } | { fault: string } {
  try {
    const value = parseJson(bytes, '');
    const twice = keyTwice(Buffer.from(bytes).toString());
    return twice === null ? { value } : { fault: `has the key ${JSON.stringify(twice.slice(0, 60))} twice` };
  } catch (error) {
    if (error instanceof TwinproofError) return { fault: error.message };
    throw error;
  }
}

const QUOTE = 0x22;
const COLON = 0x3a;

/** The first key that an object has twice, however it is escaped. @param text valid JSON */
function keyTwice(text: string): string | null {
  /** Of each object that is open its keys; arrays have none. */
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b) open.push(new Set());
    else if (code === 0x5b) open.push(null);
    else if (code === 0x7d || code === 0x5d) open.pop();
    else if (code === QUOTE) {
      const end = endOfString(text, at);
      if (text.charCodeAt(afterSpace(text, end)) === COLON) {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (open.at(-1)?.has(key) === true) return key;
        open.at(-1)?.add(key);
      }
      at = end - 1;
    }
  }
  return null;
}

function afterSpace(text: string, start: number): number {
  let at = start;
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at++;
  return at;
}
