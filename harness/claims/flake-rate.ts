/** How often builds come out unlike the first. */
export interface FlakeRate {
  /** Builds that were compared with the first. */
  compared: number;
  differing: number;
  /** Share that differs in the long run, with 95 % confidence. */
  low: number;
  high: number;
}

/** Quantile of the standard normal distribution for 95 %, both sides. */
const Z = 1.959964;

/** Wilson score interval (E. B. Wilson, 1927): sensible for few builds, and for none or all that differ. */
export function flakeRate(differing: number, compared: number): FlakeRate {
  if (compared === 0) return { compared, differing, low: 0, high: 1 };
  const share = differing / compared;
  const square = Z * Z;
  const middle = share + square / (2 * compared);
  const spread = Z * Math.sqrt((share * (1 - share)) / compared + square / (4 * compared * compared));
  const whole = 1 + square / compared;
  return {
    compared,
    differing,
    low: differing === 0 ? 0 : (middle - spread) / whole,
    high: differing === compared ? 1 : (middle + spread) / whole,
  };
}

/** `3 of 29 differ from the first (10 %; 95 % confidence: 4 % to 26 %)` */
export function rateText({ compared, differing, low, high }: FlakeRate): string {
  const share = percent(compared === 0 ? 0 : differing / compared);
  return `${differing} of ${compared} differ from the first (${share}; 95 % confidence: ${percent(low)} to ${percent(high)})`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
