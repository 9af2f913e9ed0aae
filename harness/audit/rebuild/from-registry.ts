import { TwinproofError } from '../../errors.ts';
import { isPrivatePlace } from '../../net/private-address.ts';
import { openImage } from '../../oci/open.ts';
import { parseRegistryName } from '../../oci/registry/name.ts';
import type { RegistryOptions } from '../../oci/registry/types.ts';
import type { ImageSupply } from './acquire.ts';

/**
 * Images from their registries, by digest.
 * @param privateAllowed registries in a private network may be asked
 */
export const fromRegistry = (
  registry: RegistryOptions | undefined,
  { privateAllowed }: { privateAllowed: boolean },
): ImageSupply => ({
  open: async (reference, platform) => {
    const name = parseRegistryName(`//${reference}`);
    const place = URL.parse(`http://${name.registry}`);
    if (!privateAllowed && (place === null || (await isPrivatePlace(place))))
      throw new TwinproofError(
        'builder-unresolved',
        'its registry is in a private network, which that of the image is not in',
        {
          where: reference,
        },
      );
    try {
      return await openImage(`docker://${reference}`, { platform, registry });
    } catch (cause) {
      if (!(cause instanceof TwinproofError)) throw cause;
      throw new TwinproofError('builder-unresolved', cause.message, { where: reference, cause });
    }
  },
});
