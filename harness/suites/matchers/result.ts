import { TwinproofError } from '../../errors.ts';
import type { OciImage } from '../../oci/types.ts';

/** What a matcher comes to, as Vitest wants it. */
export interface MatcherResult {
  pass: boolean;
  message: () => string;
}

/** Lines of one list in a message. */
const LINES = 20;

export const listed = (lines: readonly string[]): string[] => [
  ...lines.slice(0, LINES).map((line) => `  ${line}`),
  ...(lines.length > LINES ? [`  and ${lines.length - LINES} more`] : []),
];

/** @throws TwinproofError `usage` for what is no image: nothing is known of it then, and neither holds nor fails */
export function requireImage(value: unknown, matcher: string): OciImage {
  if (typeof value === 'object' && value !== null && 'manifest' in value && 'readBlob' in value)
    return value as OciImage;
  throw new TwinproofError('usage', `${matcher} takes an image, as openImage and the fixtures give it`);
}
