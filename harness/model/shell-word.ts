const PLAIN = /^[\w@%+=:,./-]+$/;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f]/g;
/** As names show bytes that are not UTF-8. */
const BYTES = /\\x[89a-f][0-9a-f]/;

/** A word as a POSIX shell reads it; with controls or bytes that are not UTF-8, as bash does. */
export function shellWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!BYTES.test(word) && word.search(CONTROLS) < 0) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = word
    .replaceAll(/\\(?!x[89a-f][0-9a-f])|'/g, String.raw`\$&`)
    .replaceAll(CONTROLS, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `$'${escaped}'`;
}
