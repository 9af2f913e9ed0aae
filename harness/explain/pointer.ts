import type { PointerDiff } from '../compare/types.ts';
import { claimOf } from './claim.ts';
import type { Attribution, DifferenceSite } from './types.ts';
import type { Confidence } from '../model/confidence.ts';

export function valueText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A difference of documents as a site. */
export function pointerSite({ pointer, a, b }: PointerDiff): DifferenceSite {
  const [one, other] = [valueText(a), valueText(b)];
  const variable = pointer.startsWith('/config/Env/');
  const name = pointer.split('/').at(-1) ?? '';
  // Labels and the like read as `name=value`, so that what is recognised by its name is recognised here too.
  const line = (text: string): string => (variable ? text : `${name}=${text}`);
  const texts = { a: one, b: other, lineA: line(one), lineB: line(other) };
  return { kind: 'text', format: 'json', part: '', name: '', place: pointer, ...texts };
}

export function pointerClaim(
  diff: PointerDiff,
  confidence: Confidence,
  words: { why: string; fix: string },
): Attribution | null {
  return claimOf([pointerSite(diff)], confidence, words);
}
