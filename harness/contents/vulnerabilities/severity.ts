import cvss from 'ae-cvss-calculator';
import { SEVERITIES, type Severity } from './types.ts';

/** Its types are not found under the package's own `exports`. */
const { fromVector } = cvss as {
  fromVector: (vector: string) => { calculateScores: () => { base?: number } } | null | undefined;
};

const WORDS: Record<string, Severity> = {
  unimportant: 'negligible',
  negligible: 'negligible',
  none: 'negligible',
  minor: 'low',
  low: 'low',
  moderate: 'medium',
  medium: 'medium',
  important: 'high',
  high: 'high',
  critical: 'critical',
};

/** What a vendor calls it; `unknown` for a word that nobody has explained. */
export const severityOfWord = (word: string): Severity =>
  WORDS[word.toLowerCase().replace(/\*+$/, '')] ?? 'unknown';

/** Qualitative severity of a CVSS base score (CVSS 3.1, section 5; the same in 4.0). */
export function severityOfScore(score: number): Severity {
  if (!(score >= 0 && score <= 10)) return 'unknown';
  if (score === 0) return 'negligible';
  if (score < 4) return 'low';
  if (score < 7) return 'medium';
  return score < 9 ? 'high' : 'critical';
}

/** Of a CVSS vector of version 2, 3.0, 3.1 or 4.0; `unknown` for one that is none. */
export function severityOfVector(vector: string): Severity {
  try {
    const scores = fromVector(vector)?.calculateScores();
    // Of a vector without its mandatory metrics the whole is 0, and the base is not there.
    return scores?.base === undefined ? 'unknown' : severityOfScore(scores.base);
  } catch {
    return 'unknown';
  }
}

/** The worst; one that is not known only where nothing is. */
export function worst(severities: readonly Severity[]): Severity {
  const ranks = severities.map((severity) => (SEVERITIES as readonly string[]).indexOf(severity));
  return SEVERITIES[Math.max(-1, ...ranks)] ?? 'unknown';
}

/** One that is not known is at least anything. */
export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  severity === 'unknown' ||
  (SEVERITIES as readonly string[]).indexOf(severity) >= (SEVERITIES as readonly string[]).indexOf(least);
