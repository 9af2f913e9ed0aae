import type { AttestationDiff } from '../compare/types.ts';
import { escapeText } from './escape.ts';

const SIGNS = { same: '=', changed: '~', added: '+', removed: '-' } as const;
/** Fields of one statement that are named; the rest is in the JSON. */
const NAMED = 5;

function whatDiffers({ change, differences, truncated }: AttestationDiff): string {
  if (change !== 'changed') return '';
  if (differences.length === 0) return truncated ? 'its bytes differ' : 'only the spelling differs';
  const named = differences.slice(0, NAMED).map(({ pointer }) => pointer);
  const more = truncated || differences.length > NAMED ? ', …' : '';
  return escapeText(named.join(', ') + more);
}

/** What was compared apart, a line each; none when neither image has any. */
export function attestationLines(attestations: readonly AttestationDiff[], heading: string): string[] {
  if (attestations.length === 0) return [];
  const lines = attestations.map((one) => {
    const what = whatDiffers(one);
    return `  ${SIGNS[one.change]} ${escapeText(one.kind)}${what === '' ? '' : `  ${what}`}`;
  });
  return ['', heading, ...lines];
}
