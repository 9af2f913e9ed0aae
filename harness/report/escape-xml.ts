import { escapeLines, escapeText } from './escape.ts';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** U+FFFE and U+FFFF are in no XML document (XML 1.0, 2.2). */
const known = (text: string): string => text.replaceAll(/[\ufffe\uffff]/g, '\ufffd');

const entities = (text: string): string =>
  known(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** Text as a reader of the document gets it back out of `escapeMarkup`. */
export const readBack = (text: string): string => known(escapeText(text));

/** Most names and words need no escape; a page of 10,000 cells holds a million of them. */
const PLAIN = /^[\w ./:@,;()+=-]*$/;

/** Text of unknown origin on one line of XML or HTML, in an element or a quoted attribute. */
export const escapeMarkup = (text: string): string => (PLAIN.test(text) ? text : entities(escapeText(text)));

/** The same for text of several lines. */
export const escapeMarkupLines = (text: string): string => entities(escapeLines(text));
