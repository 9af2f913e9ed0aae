/** How sure a cause is. */
export type Confidence = 'proven' | 'exact' | 'likely';
