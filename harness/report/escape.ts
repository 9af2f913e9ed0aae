export { escapeLines, escapeText } from '../oci/escape.ts';
