import type { Document } from './types.ts';

/**
 * Whether what has the tag that stands for the API is a list: tools that mirror images give such tags to the images
 * themselves.
 */
export const isReferrersList = ({ json, digest: own }: Document, digest: string): boolean =>
  own !== digest && json.manifests !== undefined;
