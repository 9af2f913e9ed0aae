import type { MergedTree } from '../../oci/layers/tree.ts';
import type { OciImage } from '../../oci/types.ts';
import type { OperatingSystem } from '../disk/operating-system.ts';
import { ostreeRemote } from '../disk/ostree-remote.ts';
import { type Slots, slotsOf } from '../disk/slots.ts';
import { ab } from '../families/ab.ts';
import { signedOstree } from '../families/ostree-signed.ts';
import { ostree } from '../families/ostree.ts';
import { sysupdate } from '../families/sysupdate.ts';
import type { Family } from '../families/types.ts';

/** What updates an image, and what its disk must be like for that. */
interface UpdatedBy {
  family: Family;
  /** How systemd-sysupdate does; null where it does not. */
  slots: Slots | null;
  /** The remote that ostree takes signed releases from; null where it does not. */
  remote: string | null;
  /** Why it is not updated here; null where it is. */
  noUpdate: string | null;
}

/** What plain ostree would do in place of bootc is not what a user of the image gets. */
const BY_BOOTC =
  'bootc updates this image, and did not install it here: what ostree does behind its back says nothing of that';

/** @param installed sums of what may be installed, once its disk is made */
export async function updatedBy(
  image: OciImage,
  { tree, os }: { tree: MergedTree; os: OperatingSystem },
  installed: () => string,
): Promise<UpdatedBy> {
  const nothing = { slots: null, remote: null, noUpdate: null };
  if (os.bootc) return { ...nothing, family: os.family === 'ab' ? ab : ostree, noUpdate: BY_BOOTC };
  if (os.family === 'ab') {
    const slots = await slotsOf(image, tree);
    return typeof slots === 'string'
      ? { ...nothing, family: ab, noUpdate: slots }
      : { ...nothing, family: sysupdate(slots, installed), slots };
  }
  const named = await ostreeRemote(image);
  return named?.verifies === true
    ? { ...nothing, family: signedOstree(named.name), remote: named.name }
    : { ...nothing, family: ostree };
}
