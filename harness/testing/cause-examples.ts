import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CauseExample } from '../explain/docs.ts';

interface Catalog {
  subjects: { image: string; variant?: string; recipe: Recipe }[];
}

interface Recipe {
  containerfile?: string;
  command?: string[];
  environment?: Record<string, string>;
}

interface Expected {
  images: Record<string, { causes: string[] }>;
}

/**
 * For every cause the shortest image of `fixtures/causes.catalog.yaml` that has it, and its fixed variant: what
 * `npm run causes` builds. One with a single cause goes before one with several.
 * @param fixtures the folder `fixtures`
 */
export async function readCauseExamples(fixtures: string): Promise<Map<string, CauseExample>> {
  const read = (path: string): Promise<string> => readFile(join(fixtures, path), 'utf8');
  const { subjects } = parse(await read('causes.catalog.yaml')) as Catalog;
  const { images } = parse(await read('causes/expected.yaml')) as Expected;
  const recipeOf = async (image: string, variant: string | undefined): Promise<string> => {
    const recipe = subjects.find((one) => one.image === image && one.variant === variant)?.recipe;
    if (recipe === undefined) throw new Error(`${image} has no variant ${variant ?? 'default'}`);
    return recipe.containerfile === undefined
      ? commandText(recipe)
      : firstStage(await read(recipe.containerfile));
  };
  const all = await Promise.all(
    Object.entries(images).map(async ([image, { causes }]) => ({
      causes,
      example: { image, faulty: await recipeOf(image, undefined), fixed: await recipeOf(image, 'fixed') },
    })),
  );
  all.sort((a, b) => a.causes.length - b.causes.length || sizeOf(a.example) - sizeOf(b.example));
  const examples = new Map<string, CauseExample>();
  for (const { causes, example } of all)
    for (const id of causes) if (!examples.has(id)) examples.set(id, example);
  return examples;
}

const sizeOf = ({ faulty, fixed }: CauseExample): number => faulty.length + fixed.length;

/** The instructions of the first stage, in which all that matters is done. */
const firstStage = (recipe: string): string =>
  (recipe.split(/^FROM .*\n/m)[1] ?? '')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .trim();

const commandText = ({ command = [], environment = {} }: Recipe): string => {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return `# an image that a program writes: ${[...variables, ...command].join(' ')}`;
};
