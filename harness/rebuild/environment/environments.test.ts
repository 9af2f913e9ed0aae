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
    fc.property(seeds, fc.subarray([...VARIATIONS]), (seed, axes) => {
      const all = environmentOf(B, { ...place, seed, axes: VARIATIONS }).record.axes;
      const some = environmentOf(B, { ...place, seed, axes }).record.axes;
      expect(some).toEqual(all.filter(({ axis }) => axes.includes(axis)));
    }),
  );
});

test('each axis has another value in each twin, and no planted text is part of another', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const [a, b] = [A, B].map(
        (twin) => environmentOf(twin, { ...place, seed, axes: VARIATIONS }).record.axes,
      );
      for (const [index, axis] of (a ?? []).entries()) expect(axis.value).not.toBe(b?.[index]?.value);
      const planted = [...(a ?? []), ...(b ?? [])].flatMap((axis) => axis.planted);
      for (const text of planted) {
        expect(text.length).toBeGreaterThanOrEqual(8);
        expect(planted.filter((other) => other.includes(text))).toEqual([text]);
      }
    }),
  );
});

test('the second twin alone differs from one of which nothing is varied, axis by axis', () => {
  const usual = usualSettings(ableMachine);
  for (const axis of VARIATIONS) {
    const { settings } = environmentOf(B, { ...place, seed: 0, axes: [axis] });
    expect(settings, axis).not.toEqual(usual);
  }
  expect(environmentOf(B, { ...place, seed: 0, axes: [] }).settings).toEqual(usual);
});

test('what cannot be applied says why, changes nothing, and is no part of the key', () => {
  const poor = { ...place, machine: poorMachine, seed: 0 };
  const environments = [A, B].map((twin) => environmentOf(twin, { ...poor, axes: VARIATIONS }));
  const applied = environments[1]?.record.axes.flatMap((axis) =>
    axis.notApplied === undefined ? axis.axis : [],
  );
  expect(applied).toEqual(['hostname', 'build-path', 'memory', 'order']);
  for (const { notApplied } of environments[1]?.record.axes ?? []) expect(notApplied).not.toBe('');
  expect(Object.keys(variationsOf(environments))).toEqual(applied);
});

test('a kernel of old and free addresses can be had together', () => {
  const axes: Variation[] = ['kernel', 'aslr'];
  const of = (wanted: Variation[]): TwinEnvironment => environmentOf(B, { ...place, seed: 0, axes: wanted });
  expect(of(axes).settings.personality).toEqual(['--uname-2.6']);
  expect(of(['kernel']).settings.personality).toEqual(['--addr-no-randomize', '--uname-2.6']);
});
