/** Type of the Vitest annotations that carry messages from the suites to the process that records them. */
export const MESSAGE = 'twinproof';
