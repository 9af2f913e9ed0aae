import { TwinproofError } from '../../errors.ts';
import { parsePlatform } from '../../model/platform.ts';
import { openImage } from '../../oci/open.ts';
import { parseReference } from '../../oci/reference.ts';
import type { RegistryOptions } from '../../oci/registry/types.ts';
import type { OciImage } from '../../oci/types.ts';
import type { Chosen } from '../choose.ts';

/**
 * The published image of one platform: in a registry by the digest that was audited, whatever a tag means by now.
 * @throws TwinproofError image-invalid
 */
export async function openPublished(
  reference: string,
  { image: { manifest, platform } }: Chosen,
  registry: RegistryOptions | undefined,
): Promise<OciImage> {
  const parsed = parseReference(reference);
  const name = parsed.transport === 'docker' ? `${parsed.name.registry}/${parsed.name.repository}` : null;
  const wanted = parsePlatform(platform) ?? undefined;
  const image = await openImage(name === null ? reference : `docker://${name}@${manifest.digest}`, {
    platform: wanted,
    registry,
  });
  if (image.manifest.digest === manifest.digest) return image;
  await image.close();
  throw new TwinproofError(
    'image-invalid',
    `leads to ${image.manifest.digest} now, not to ${manifest.digest}`,
    {
      where: reference,
    },
  );
}
