import { TwinproofError } from '../errors.ts';
import { parseReference } from './image-reference.ts';
import type { BuilderSpec, Catalog, ImagePin, Recipe } from './types.ts';

/** What a user says from outside about images that recipes name by a floating tag. */
export interface PinOptions {
  pins?: readonly ImagePin[];
  /** Resolve those that no pin is for when a run starts, instead of reporting `builder-unresolved`. */
  resolveBuilder?: boolean;
}

/**
 * Reads `IMAGE@sha256:…` or `NAME=IMAGE@sha256:…`.
 * @throws TwinproofError `usage`
 */
export function parsePin(text: string): ImagePin {
  const [, name = null, image = ''] = /^(?:([^=]+)=)?([^=]*)$/.exec(text) ?? [];
  if (/^(?:[A-Za-z0-9][A-Za-z0-9._:/-]*@)?sha256:[0-9a-f]{64}$/.test(image)) return { name, image };
  throw new TwinproofError('usage', `--builder ${text}: an image from outside is named by its digest`, {
    hint: 'write IMAGE@sha256:<64 hex digits>, sha256:<ID> of an image that the engine has, or NAME= before either',
  });
}

/** The pin for a floating reference; one that names it goes before one for all. */
export function pinFor(pins: readonly ImagePin[], reference: string): ImagePin | undefined {
  return (
    pins.findLast(({ name }) => name !== null && isCalled(reference, name)) ??
    pins.findLast(({ name }) => name === null)
  );
}

/** A name without a tag is that of every tag. */
function isCalled(reference: string, name: string): boolean {
  const { repository, tag } = parseReference(reference);
  const called = parseReference(name);
  return (
    reference === name ||
    (called.repository === repository && (called.tag === null || called.tag === (tag ?? 'latest')))
  );
}

/** The catalog with what the user says put into it. */
export function withPins(catalog: Catalog, { pins = [], resolveBuilder = false }: PinOptions): Catalog {
  if (pins.length === 0 && !resolveBuilder) return catalog;
  return {
    ...catalog,
    subjects: catalog.subjects.map((subject) => ({
      ...subject,
      builder: pinnedBuilder(subject.builder, pins, resolveBuilder),
      recipe: pinnedRecipe(subject.recipe, pins, resolveBuilder),
    })),
  };
}

function pinnedBuilder(builder: BuilderSpec, pins: readonly ImagePin[], resolve: boolean): BuilderSpec {
  if (builder.kind !== 'image' || parseReference(builder.reference).digest !== null) return builder;
  const pin = pinFor(pins, builder.reference);
  if (pin !== undefined) return { ...builder, given: pin.image };
  return resolve ? { ...builder, resolve } : builder;
}

function pinnedRecipe(recipe: Recipe, pins: readonly ImagePin[], resolve: boolean): Recipe {
  if (recipe.kind !== 'containerfile') return recipe;
  const named = pins.filter(({ name }) => name !== null);
  return {
    ...recipe,
    ...(resolve ? { resolve } : {}),
    ...(named.length === 0 ? {} : { pins: named }),
  };
}
