import { readFile } from 'node:fs/promises';
import type { TwinBuild } from '../rebuild/types.ts';
import type { Subject } from '../catalog/types.ts';
import { contextOfBuilds } from '../explain/context.ts';
import type { Context } from '../explain/types.ts';

/** A recipe as text: the Containerfile, or the words of the command. */
export async function recipeText({ recipe }: Subject): Promise<string> {
  return recipe.kind === 'containerfile' ? readFile(recipe.containerfile, 'utf8') : recipe.command.join(' ');
}

/** What is known of two builds, so that their difference can be explained. */
export async function buildContext(
  subject: Subject,
  builds: readonly [TwinBuild, TwinBuild],
): Promise<Context> {
  const { sourceDateEpoch } = subject;
  return contextOfBuilds(builds, { sourceDateEpoch, recipe: await recipeText(subject) });
}
