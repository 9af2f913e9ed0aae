import { describe, expect, test } from 'vitest';
import { CLAIMS, systemClaims } from '../claims/registry.ts';
import { SCENARIOS } from '../claims/types.ts';
import { chosenClaims } from './boot-claims.ts';

const SYSTEM_CLAIMS = systemClaims(CLAIMS);
const ids = (claims: string[], scenarios: string[]): string[] =>
  chosenClaims(claims, scenarios, CLAIMS).map(({ id }) => id);

describe('what `boot` checks', () => {
  test('is all that does not take long, when nothing is named', () => {
    const all = SYSTEM_CLAIMS.map(({ id }) => id);
    expect(ids([], [])).toEqual(all.filter((id) => id !== 'failed-update' && id !== 'power-cut'));
  });

  test('is what a scenario decides, and what is named beside it, in the order of the claims', () => {
    expect(ids([], ['start'])).toEqual(['boots', 'kernel', 'same-image', 'root-read-only']);
    expect(ids(['kernel'], ['power-cut', 'restart'])).toEqual(['kernel', 'state-writable', 'power-cut']);
    expect(ids(['boots'], [])).toEqual(['boots']);
  });

  test('is every claim, when all scenarios are named', () => {
    for (const scenario of Object.keys(SCENARIOS)) expect(ids([], [scenario])).not.toEqual([]);
    expect(ids([], Object.keys(SCENARIOS))).toEqual(SYSTEM_CLAIMS.map(({ id }) => id));
  });

  test.each([
    [['nothing'], [], /^nothing checks a claim nothing on a running system/],
    [[], ['shutdown'], /^there is no scenario shutdown/],
  ])('is refused by a name that nobody knows: %j %j', (claims, scenarios, message) => {
    expect(() => chosenClaims(claims, scenarios, CLAIMS)).toThrow(message);
  });
});
