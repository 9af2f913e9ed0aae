/** Where things are inside a build's container. The names are the field's own (Hermeto, buildah), not the harness's. */
export interface Places {
  source: string;
  /** The writable context of a Containerfile's build. */
  context: string;
  recipe: string;
  scratch: string;
  output: string;
  builderStore: string;
  locale: string;
}

export const OUTPUT = '/output';
export const LOG_NAME = 'build.log';
export const LAYOUT_NAME = 'image';

/** @param root what the build path begins with; empty unless it is varied */
export const placesIn = (root: string): Places => ({
  source: `${root}/source`,
  context: `${root}/scratch/context`,
  recipe: `${root}/recipe`,
  scratch: `${root}/scratch`,
  output: OUTPUT,
  builderStore: '/builder-store',
  locale: '/locale',
});

/** Where the store of the n-th base image is. */
export const baseStore = (index: number): string => `/base-store-${index}`;

/** A command line of sh(1) that has exactly these words. */
export const shellCommand = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
