import { currentOwner } from '../../../harness/engine/owner.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { startUnderTest } from '../../../harness/boot/system/under-test.ts';
import { openImage } from '../../../harness/oci/open.ts';

/**
 * The disk of a system that was installed, started and updated once, as somebody might hand it over.
 * @param layout of an operating system
 * @param to a file on the file system that holds scratch space
 */
export async function updatedDisk(layout: string, to: string): Promise<string> {
  const image = await openImage(`oci:${layout}`);
  try {
    const options = {
      image,
      update: 'synthetic',
      accelerator: 'tcg',
      badUpdates: false,
      olderRelease: false,
    } as const;
    await using under = await startUnderTest(await connectEngine(), currentOwner('updated-disk'), {
      ...options,
      onStep: () => undefined,
    });
    const updated = await under.scenario?.updated();
    if (updated?.after?.running !== under.scenario?.to)
      throw new Error(`the update did not take place: ${updated?.refused ?? updated?.unreachable ?? ''}`);
    await under.system.shutDown();
    await under.system.keep('disk', to);
    return to;
  } finally {
    await image.close();
  }
}
