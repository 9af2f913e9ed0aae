import { escapeText } from './escape.ts';

/** Text of unknown origin as literal text in Markdown: nothing in it becomes markup, a link or HTML. */
export const escapeMarkdown = (text: string): string =>
  escapeText(text)
    .replaceAll(/[\\`*_{}[\]()#+!|~^=]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    // A bare address would become a link and ping a person on some forges.
    .replaceAll(/(https?):/g, '$1&#58;')
    .replaceAll('@', '&#64;');
