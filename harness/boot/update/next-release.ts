import { type MergedTree, readTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import type { OciImage } from '../../oci/types.ts';
import type { Family } from '../families/types.ts';
import type { KernelArguments } from './kernel-arguments.ts';
import { type UpdatePlan, planUpdate } from './plan.ts';
import { digestsOf } from './digests.ts';
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
    commandLine === null ? null : { before: await commandLine.of(image), after: await commandLine.of(next) };
  const to = digestsOf(await readTree(next, { limits: DEFAULT_LIMITS }));
  return { next, plan: planUpdate(digestsOf(tree), to, kernel) };
}
