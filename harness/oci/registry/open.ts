import { missingBlob } from '../blob.ts';
import type { Source } from '../image.ts';
import { walkFrom, type Wanted } from '../transport/walk.ts';
import type { OciImage } from '../types.ts';
import { Blobs, isGone } from './blobs.ts';
import { fetchManifest } from './manifest.ts';
import type { RegistryName } from './name.ts';
import { fetchReferrers } from './referrers.ts';
import { RegistrySession } from './session.ts';
import type { RegistryOptions } from './types.ts';

/**
 * Opens an image in a registry (OCI distribution spec). Its blobs go through a scratch folder.
 * @throws TwinproofError usage, input-unavailable, image-invalid, unsupported, storage
 */
export async function openRegistry(
  name: RegistryName,
  wanted: Wanted,
  options: RegistryOptions = {},
): Promise<OciImage> {
  const { reference } = wanted;
  const session = new RegistrySession(reference, name, options);
  const blobs = new Blobs(session, reference);
  const close = async (): Promise<void> => {
    await blobs.close();
    await session.close();
  };
  const source: Source = {
    path: reference,
    locate: (descriptor) => blobs.locate(descriptor),
    readManifest: (descriptor) =>
      fetchManifest(session, reference, descriptor).catch((error: unknown) => {
        throw isGone(error) ? missingBlob(descriptor, reference) : error;
      }),
    selector: ({ digest }) => `@${digest}`,
    referrers: async (digest) => {
      const { listed, tagged } = await fetchReferrers(session, reference, digest);
      return [...listed, ...tagged];
    },
    close,
  };
  try {
    return await walkFrom(source, await fetchManifest(session, reference), wanted);
  } catch (error) {
    await close();
    throw error;
  }
}
