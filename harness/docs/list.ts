const WIDTH = 118;

/** Breaks prose at spaces, so that no line is longer than the width unless one word is. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/**
 * Markdown: a heading for each entry, so that it can be linked to, with paragraphs below.
 * @param entries the word, and its paragraphs in Markdown
 */
export const headedList = (level: number, entries: readonly (readonly [string, ...string[]])[]): string =>
  entries
    .map(([word, ...paragraphs]) => [`${'#'.repeat(level)} ${word}`, ...paragraphs.map(wrapped)].join('\n\n'))
    .join('\n\n');
