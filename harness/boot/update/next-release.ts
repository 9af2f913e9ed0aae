import { type MergedTree, readTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import type { OciImage } from '../../oci/types.ts';
import type { Family } from '../families/types.ts';
import { type KernelArguments, argumentsOf } from './kernel-arguments.ts';
import { type UpdatePlan, planUpdate } from './plan.ts';
import { synthesizeUpdate } from './synthetic-update.ts';

interface From {
  image: OciImage;
  tree: MergedTree;
  family: Family;
  /** Scratch space, until neither image is read any more. */
  folder: string;
}

/**
 * What a system is to be updated to, and what to look at then.
 * @param update `synthetic` is the image with one more layer
 */
export async function nextRelease(
  { image, tree, family: { commandLine }, folder }: From,
  update: OciImage | 'synthetic',
): Promise<{ next: OciImage; plan: UpdatePlan }> {
  const next = update === 'synthetic' ? await synthesizeUpdate(image, tree, { folder, commandLine }) : update;
  const kernel: KernelArguments | null =
    commandLine === null
      ? null
      : { before: await argumentsOf(image, commandLine), after: await argumentsOf(next, commandLine) };
  return { next, plan: planUpdate(tree, await readTree(next, { limits: DEFAULT_LIMITS }), kernel) };
}
