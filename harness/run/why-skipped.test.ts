import { expect, test } from 'vitest';
import type { ClaimRequest } from '../catalog/types.ts';
import { whySkipped } from './why-skipped.ts';

test.each<[string, ClaimRequest | undefined, RegExp | null]>([
  ['boots', { made: true }, null],
  ['power-cut', { made: true }, /takes long/],
  ['power-cut', { made: false, reason: 'one slot only' }, /^not claimed: one slot only$/],
  ['boots', undefined, /not claimed/],
])('of %s with %j in a run without power cuts', (claim, request, reason) => {
  const why = whySkipped(claim, request, ['power-cut']);
  if (reason === null) expect(why).toBeNull();
  else expect(why).toMatch(reason);
});
