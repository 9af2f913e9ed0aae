import fc from 'fast-check';
import { expect, test } from 'vitest';
import { environmentOf, usualSettings, variationsOf } from './environments.ts';
import { ableMachine, poorMachine } from '../../testing/rebuild/environment/machine.ts';
import type { TwinEnvironment } from './types.ts';
import { VARIATIONS, type Variation } from '../../model/variations.ts';

const place = { machine: ableMachine, recipe: 'containerfile', memory: 4096 ** 3 } as const;
const A = { name: 'A', index: 0 };
const B = { name: 'B', index: 1 };

const seeds = fc.nat({ max: 999_999_999 });

test('the same seed gives the same environments, whatever else is varied', () => {
  fc.assert(
    fc.property(seeds, fc.subarray([...VARIATIONS]), (seed, variations) => {
      const all = environmentOf(B, { ...place, seed, variations: VARIATIONS }).record.variations;
      const some = environmentOf(B, { ...place, seed, variations }).record.variations;
      expect(some).toEqual(all.filter(({ variation }) => variations.includes(variation)));
    }),
  );
});

test('each variation has another value in each twin, and no marker is part of another', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const [a, b] = [A, B].map(
        (twin) => environmentOf(twin, { ...place, seed, variations: VARIATIONS }).record.variations,
      );
      for (const [index, variation] of (a ?? []).entries())
        expect(variation.value).not.toBe(b?.[index]?.value);
      const markers = [...(a ?? []), ...(b ?? [])].flatMap((variation) => variation.markers);
      for (const text of markers) {
        expect(text.length).toBeGreaterThanOrEqual(8);
        expect(markers.filter((other) => other.includes(text))).toEqual([text]);
      }
    }),
  );
});

test('the second twin alone differs from one of which nothing is varied, variation by variation', () => {
  const usual = usualSettings(ableMachine);
  for (const variation of VARIATIONS) {
    const { settings } = environmentOf(B, { ...place, seed: 0, variations: [variation] });
    expect(settings, variation).not.toEqual(usual);
  }
  expect(environmentOf(B, { ...place, seed: 0, variations: [] }).settings).toEqual(usual);
});

test('what cannot be applied says why, changes nothing, and is no part of the key', () => {
  const poor = { ...place, machine: poorMachine, seed: 0 };
  const environments = [A, B].map((twin) => environmentOf(twin, { ...poor, variations: VARIATIONS }));
  const applied = environments[1]?.record.variations.flatMap((variation) =>
    variation.notApplied === undefined ? variation.variation : [],
  );
  expect(applied).toEqual(['hostname', 'build-path', 'memory', 'order']);
  for (const { notApplied } of environments[1]?.record.variations ?? []) expect(notApplied).not.toBe('');
  expect(Object.keys(variationsOf(environments))).toEqual(applied);
});

test('a kernel of old and free addresses can be had together', () => {
  const variations: Variation[] = ['kernel', 'aslr'];
  const of = (wanted: Variation[]): TwinEnvironment =>
    environmentOf(B, { ...place, seed: 0, variations: wanted });
  expect(of(variations).settings.personality).toEqual(['--uname-2.6']);
  expect(of(['kernel']).settings.personality).toEqual(['--addr-no-randomize', '--uname-2.6']);
});
