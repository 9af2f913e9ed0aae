import { posix } from 'node:path';
import { namedImages } from '../../containerfile/images.ts';
import { hostPlatform, platformText } from '../../model/platform.ts';
import { isPinned } from '../read/facts.ts';
import { valueOf } from '../read/recipe.ts';
import type { Recipe } from '../read/types.ts';
import type { Checkout } from '../source/types.ts';
import { pairsOf } from './pairs.ts';
import { Readings } from './readings.ts';

/**
 * The recipe with the base images of its Containerfile, where that names all of them by digest, or none: then the commit
 * says what no provenance needs to. A recipe that knows them already stays as it is.
 */
export async function withBasesOf(recipe: Recipe, checkout: Checkout): Promise<Recipe> {
  const readings = new Readings(recipe);
  const path = readings.text('containerfile');
  if (path === null || readings.list('baseImages') !== null || readings.text('argumentsFile') !== null)
    return recipe;
  const inContext = posix.join(readings.text('context') ?? '.', path);
  const [found, text] = await firstOf(checkout, [inContext, path]);
  if (text === null) return recipe;
  const target = readings.text('target');
  const platform = platformText(hostPlatform());
  const { pairs: buildArgs } = pairsOf(readings.list('arguments') ?? []);
  const build = { buildArgs, platform, buildPlatform: platform, ...(target === null ? {} : { target }) };
  const images = namedImages(text, build);
  if (images.some(({ reference, unknown }) => unknown.length > 0 || !isPinned(reference))) return recipe;
  const value = [...new Set(images.map(({ reference }) => reference))];
  const unsigned = valueOf(recipe, 'baseImages');
  const contradictedBy = unsigned === null ? [] : [{ value: unsigned.value, from: unsigned.from }];
  return {
    ...recipe,
    readings: [
      ...recipe.readings.filter(({ field }) => field !== 'baseImages'),
      { field: 'baseImages', value, from: { kind: 'source', path: found }, contradictedBy },
    ],
    missing: recipe.missing.filter(({ field }) => field !== 'baseImages'),
  };
}

async function firstOf(checkout: Checkout, paths: readonly string[]): Promise<[string, string | null]> {
  for (const path of paths) {
    const text = await checkout.file(path);
    if (text !== null) return [path, text];
  }
  return ['', null];
}
