import { describe, expect, it } from 'vitest';
import { parsePin, pinFor, withPins } from './image-pins.ts';
import type { BuilderSpec, Catalog, Recipe, Subject } from './types.ts';

const D = `sha256:${'1'.repeat(64)}`;
const OTHER = `sha256:${'2'.repeat(64)}`;

it.each([
  [`a.example/b@${D}`, { name: null, image: `a.example/b@${D}` }],
  [`q/x:latest=a.example:5000/b:1@${D}`, { name: 'q/x:latest', image: `a.example:5000/b:1@${D}` }],
  [D, { name: null, image: D }],
  [`q/x=${D}`, { name: 'q/x', image: D }],
])('reads %s', (text, pin) => expect(parsePin(text)).toEqual(pin));

it.each(['a.example/b:1', '', 'x=', `=${D}`, `a=b=c@${D}`, `a@sha256:12`, `a@${D} b`])('refuses %j', (text) =>
  expect(() => parsePin(text)).toThrow('an image from outside is named by its digest'),
);

describe('pinFor', () => {
  const pins = [parsePin(OTHER), parsePin(`q/x=${D}`), parsePin(`q/y:1=${D}`)];

  it.each([
    ['q/x', D],
    ['q/x:2', D],
    ['q/y:1', D],
    ['q/y:2', OTHER],
    ['q/y', OTHER],
    ['z', OTHER],
  ])('of %s', (reference, image) => expect(pinFor(pins, reference)?.image).toBe(image));

  it('takes a name without a tag for the standard tag where one is given', () => {
    expect(pinFor([parsePin(`q/x:latest=${D}`)], 'q/x')?.image).toBe(D);
    expect(pinFor([parsePin(`q/x:latest=${D}`)], 'q/x:1')).toBeUndefined();
  });
});

describe('withPins', () => {
  const place = null;
  const builder = (reference: string): BuilderSpec => ({ kind: 'image', reference, resolve: false, place });
  const catalog = (...builders: BuilderSpec[]): Catalog =>
    ({
      subjects: builders.map((spec) => ({
        builder: spec,
        recipe: { kind: 'containerfile' } as Recipe,
      })) as Subject[],
    }) as Catalog;

  it('pins floating builders only, and hands named pins to recipes', () => {
    const pins = [parsePin(OTHER), parsePin(`q/x=${D}`)];
    const definition: BuilderSpec = { kind: 'definition', path: '/b', place };
    const { subjects } = withPins(
      catalog(builder('q/x:1'), builder('z'), builder(`q/x@${OTHER}`), definition),
      { pins },
    );
    expect(subjects.map((subject) => subject.builder)).toEqual([
      { ...builder('q/x:1'), given: D },
      { ...builder('z'), given: OTHER },
      builder(`q/x@${OTHER}`),
      definition,
    ]);
    expect(subjects[0]?.recipe).toEqual({ kind: 'containerfile', pins: [{ name: 'q/x', image: D }] });
  });

  it('resolves what no pin is for', () => {
    const { subjects } = withPins(catalog(builder('q/x:1'), builder('z')), {
      pins: [parsePin(`q/x=${D}`)],
      resolveBuilder: true,
    });
    expect(subjects.map((subject) => subject.builder)).toEqual([
      { ...builder('q/x:1'), given: D },
      { ...builder('z'), resolve: true },
    ]);
    expect(subjects[0]?.recipe).toMatchObject({ resolve: true });
  });
});
