/** What is named where no cause is: it is in no registry, proves nothing, and cannot be exempted. */
export const UNKNOWN = 'unknown';
