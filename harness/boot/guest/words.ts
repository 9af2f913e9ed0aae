/** Longer words, as paths and digests are, are cut: else too little would be left. */
const LONGEST_WORD = 80;

/** The beginning of a text that is shown to people, on one line, cut between two words; what is left out is marked. */
export function firstWords(text: string, most: number): string {
  const line = onOneLine(text);
  if (line.length <= most) return line;
  const kept = line.slice(0, most - 2);
  // The word that ends where the text is cut is whole.
  const end = line.charAt(most - 2) === ' ' ? kept.length : kept.lastIndexOf(' ');
  return `${end < kept.length - LONGEST_WORD || end < 0 ? kept : kept.slice(0, end)} …`;
}

/** The same of its end, where tools say why they gave up. */
export function lastWords(text: string, most: number): string {
  const line = onOneLine(text);
  if (line.length <= most) return line;
  const kept = line.slice(2 - most);
  const begin = line.charAt(line.length - kept.length - 1) === ' ' ? 0 : kept.indexOf(' ') + 1;
  return `… ${begin > LONGEST_WORD ? kept : kept.slice(begin)}`;
}

const onOneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
