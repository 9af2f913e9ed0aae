import { imageInvalid } from './fault.ts';
import { MAX_JSON_DEPTH } from './limits.ts';
import type { Json, JsonObject } from './types.ts';

/** The place after the closing quote of the string that opens at `start`; the end of the text where there is none. */
export function endOfString(text: string, start: number): number {
  for (let from = start + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

/** Deepest nesting of arrays and objects, without parsing. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at) - 1;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

/**
 * A JSON value from hostile bytes: UTF-8, at most MAX_JSON_DEPTH deep (deeper ones would overflow the stack later).
 * @throws TwinproofError image-invalid
 */
export function parseJson(bytes: Uint8Array, where: string): Json {
  let text: string;
  try {
    // A byte order mark is no JSON (RFC 8259, section 8.1), and engines refuse it; by default it would be dropped here.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw imageInvalid('is not UTF-8', where);
  }
  if (depthOf(text) > MAX_JSON_DEPTH) throw imageInvalid(`is nested deeper than ${MAX_JSON_DEPTH}`, where);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : '').split('\n');
    throw imageInvalid(`is not JSON: ${reason.slice(0, 120)}`, where);
  }
}

/** The value as an object. @throws TwinproofError image-invalid when it is something else */
export function asObject(value: Json | undefined, where: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw imageInvalid('an object is expected', where);
  }
  return value;
}

/** The value as an array; one that is missing counts as empty. @throws TwinproofError image-invalid */
export function asArray(value: Json | undefined, where: string): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw imageInvalid('an array is expected', where);
  return value;
}

/** The value as a string. @throws TwinproofError image-invalid */
export function asString(value: Json | undefined, where: string): string {
  if (typeof value !== 'string') throw imageInvalid('a string is expected', where);
  return value;
}
