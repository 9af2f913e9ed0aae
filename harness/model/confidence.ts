/** How sure a cause is, surest first. */
export const CONFIDENCES = ['proven', 'exact', 'likely'] as const;
export type Confidence = (typeof CONFIDENCES)[number];
