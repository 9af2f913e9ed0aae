import { twinproof } from '../../tests/selftest/support.ts';
import type { Expected } from './score.ts';

/** Images of one verification: what was interrupted has lost no more than that. */
const SLICE = 8;

/** The images that are given the same variations, in slices. */
export function slices(wanted: ReadonlyMap<string, Expected>): { vary: string; images: string[] }[] {
  return [...Map.groupBy(wanted.entries(), ([, { vary = 'default' }]) => vary)].flatMap(([vary, entries]) => {
    const names = entries.map(([image]) => image);
    const parts = Array.from({ length: Math.ceil(names.length / SLICE) }, (_, at) => at * SLICE);
    return parts.map((from) => ({ vary, images: names.slice(from, from + SLICE) }));
  });
}

/** Builds images of fixtures/causes.catalog.yaml and their fixed twins; leaves runs in the folder. */
export async function build(wanted: ReadonlyMap<string, Expected>, folder: string): Promise<void> {
  for (const { vary, images } of slices(wanted)) {
    const selected = images.flatMap((image) => ['--image', `${image}/*`]);
    process.stderr.write(`${images.join(', ')}\n`);
    const args = ['verify', 'fixtures/causes.catalog.yaml', ...selected, '--vary', vary, '--results', folder];
    const { stderr } = await twinproof(args);
    if (!/recorded in \S+/.test(stderr)) throw new Error(stderr);
  }
}
