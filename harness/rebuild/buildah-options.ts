/** Options of `buildah build` that not every version has; what the builder's has is asked, not derived from its version. */
export const BUILDAH_OPTIONS = [
  'inherit-labels',
  'omit-history',
  'rewrite-timestamp',
  'skip-unused-stages',
  'source-date-epoch',
] as const;
export type BuildahOption = (typeof BUILDAH_OPTIONS)[number];
