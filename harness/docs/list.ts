const WIDTH = 118;

/**
 * Breaks prose at spaces, so that no line is longer than the width unless one word is.
 * @param indent in front of every line but the first
 */
function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** An item of a Markdown list, its further lines below the text of the first. */
export const hanging = (item: string): string => wrapped(item, '  ');

/**
 * Markdown: a heading for each entry, so that it can be linked to, with paragraphs below.
 * @param entries the word, and its paragraphs in Markdown
 */
export const headedList = (level: number, entries: readonly (readonly [string, ...string[]])[]): string =>
  entries
    .map(([word, ...paragraphs]) =>
      [`${'#'.repeat(level)} ${word}`, ...paragraphs.map((text) => wrapped(text))].join('\n\n'),
    )
    .join('\n\n');
