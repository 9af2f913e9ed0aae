import { join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { type Checkout, placeIn } from './checkout.ts';
import { type VariantFolder, isFile } from './layout.ts';
import { readBounded } from './read-bounded.ts';
import { MAX_YAML_BYTES, type YamlSource, parseYaml } from './yaml-source.ts';

/** What is read from an image's `properties.yml`; its many other keys are for other tools. */
export interface Properties {
  hermetic: boolean;
  /** Names of the variants and distros that it is built in; null where nothing says. */
  variants: ReadonlySet<string> | null;
  distros: ReadonlySet<string> | null;
}

export const propertiesOf = (image: string): string => `images/${image}/properties.yml`;

/** Defaults for all images. */
export const VARIABLES = 'images/variables.yml';

/** By image; what is wrong goes to the checkout's complaints. */
export async function allProperties(
  checkout: Checkout,
  variants: readonly VariantFolder[],
): Promise<Map<string, Properties>> {
  const defaults = (await read(checkout, VARIABLES))?.value;
  const images = new Map<string, Properties>();
  for (const image of new Set(variants.map((variant) => variant.image))) {
    const source = await read(checkout, propertiesOf(image));
    if (source !== null) checkHermetic(checkout, source);
    images.set(image, propertiesIn(source?.value, defaults));
  }
  return images;
}

function checkHermetic({ complaints }: Checkout, source: YamlSource): void {
  const hermetic = keyOf(source.value, 'hermetic');
  if (hermetic === undefined || typeof hermetic === 'boolean') return;
  complaints.push({ place: source.placeOf(['hermetic']), text: '`hermetic` needs true or false' });
}

function propertiesIn(value: unknown, defaults: unknown): Properties {
  const variants = namesIn(keyOf(value, 'variants') ?? keyOf(defaults, 'default_variants'));
  const additional = namesIn(keyOf(value, 'additional_variants') ?? []);
  return {
    hermetic: keyOf(value, 'hermetic') !== false,
    variants: variants === null || additional === null ? null : new Set([...variants, ...additional]),
    distros: asSet(namesIn(keyOf(value, 'distros') ?? keyOf(defaults, 'default_distros'))),
  };
}

const asSet = (names: string[] | null): Set<string> | null => (names === null ? null : new Set(names));

/** Entries are names, or maps with a name; null for what is neither. */
function namesIn(list: unknown): string[] | null {
  if (!Array.isArray(list)) return null;
  const names = list.map((entry) => (typeof entry === 'string' ? entry : keyOf(entry, 'name')));
  return names.every((name) => typeof name === 'string') ? names : null;
}

function keyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

async function read(checkout: Checkout, path: string): Promise<YamlSource | null> {
  const file = join(checkout.root, path);
  if (!(await isFile(file))) return null;
  const place = placeIn(checkout, path);
  try {
    return parseYaml(await readBounded(file, MAX_YAML_BYTES), place.file);
  } catch (error) {
    if (!(error instanceof TwinproofError)) throw error;
    const [, line = '1', column = '1'] = /:(\d+):(\d+)$/.exec(error.where ?? '') ?? [];
    checkout.complaints.push({
      place: { ...place, line: Number(line), column: Number(column) },
      text: error.message,
    });
    return null;
  }
}
