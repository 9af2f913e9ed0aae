/* eslint-disable no-control-regex -- control characters are what this file is about */

/** Control characters, and those that reorder or hide text: bidi controls, zero-width, line separators, tags. */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Cs}/gu;

function code(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point === 0x0a) return '\\n';
  if (point === 0x0d) return '\\r';
  if (point === 0x09) return '\\t';
  return point < 0x100
    ? `\\x${point.toString(16).padStart(2, '0')}`
    : `\\u{${point.toString(16).padStart(4, '0')}}`;
}

/** One line that is safe to print: what steers a terminal or reorders text becomes a visible escape. */
export function escapeText(text: string): string {
  return text.replace(unsafe, code);
}

/** The same for text of several lines: line feeds and tabs stay. */
export function escapeLines(text: string): string {
  return text.replace(unsafe, (character) =>
    character === '\n' || character === '\t' ? character : code(character),
  );
}
