import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { git } from '../catalog/git.ts';
import type { Subject } from '../catalog/types.ts';
import type { Twins } from '../record/events.ts';
import type { EvidenceStore } from '../record/evidence.ts';

/** Bytes; a longer Containerfile is not kept. */
const MAX_RECIPE = 256 * 1024;

/**
 * The Containerfile as it was built, for reports that point into it. Its path is that in the repository, so that a
 * forge finds the line; outside git, that in the catalog.
 */
export async function keepRecipe(
  { recipe }: Subject,
  root: string,
  evidence: EvidenceStore,
): Promise<Pick<Twins, 'recipe'>> {
  if (recipe.kind !== 'containerfile') return {};
  const { containerfile } = recipe;
  if ((await stat(containerfile)).size > MAX_RECIPE) return {};
  const folder = dirname(containerfile);
  const prefix = await git(folder, ['rev-parse', '--show-prefix']);
  const path =
    'output' in prefix
      ? `${prefix.output.replace(/\n$/, '')}${basename(containerfile)}`
      : relative(root, containerfile);
  const text = await evidence.addText('Containerfile', await readFile(containerfile, 'utf8'), 'text/plain');
  return { recipe: { path, text } };
}
