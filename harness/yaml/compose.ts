import { Composer, LineCounter, Parser } from 'yaml';
import type { CST, Document } from 'yaml';

/** Each of these characters can become an object of about 1 kB in the parser. */
const MAX_INDICATORS = 600_000;
const INDICATORS = new Set(Array.from('-,:?[]{}', (character) => character.charCodeAt(0)));

export interface ComposeOptions {
  /** Levels of nesting; the parser recurses, and a stack that overflows within a regular expression ends the process. */
  depth: number;
  /** `failsafe`: scalars stay text, a version `1.10` is not a number. */
  schema?: 'core' | 'failsafe';
}

export interface ComposedYaml {
  documents: Document.Parsed[];
  lines: LineCounter;
}

/**
 * The documents of a YAML 1.2 text with their errors, places and unresolved aliases, read with bounded memory. Keys that
 * are given twice are the caller's to find: the parser would compare every key with every other.
 * @returns or why it is not read: `deep` nesting, or more `structure` than any file of ours needs
 */
export function composeYaml(
  text: string,
  { depth, schema = 'core' }: ComposeOptions,
): ComposedYaml | 'structure' | 'deep' {
  if (hasManyIndicators(text)) return 'structure';
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (isDeeper(tokens, depth)) return 'deep';
  const composer = new Composer({ schema, lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  return { documents: [...composer.compose(tokens, true, text.length)] as Document.Parsed[], lines };
}

function hasManyIndicators(text: string): boolean {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) if (INDICATORS.has(text.charCodeAt(i))) count += 1;
  return count > MAX_INDICATORS;
}

function isDeeper(tokens: readonly CST.Token[], depth: number): boolean {
  let level = tokens;
  // A document is a level of its own.
  for (let at = 0; level.length > 0; at += 1) {
    if (at > depth + 1) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat());
}
