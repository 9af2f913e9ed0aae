import type { VariationSpec } from '../types.ts';

/** Seconds between the starts: no two twins begin in the same second, so that whole seconds differ. */
const APART = 1.1;

export const order: VariationSpec = ({ index }) => ({
  value: `starts ${index + 1}`,
  markers: [],
  settings: { delay: index * APART },
});
