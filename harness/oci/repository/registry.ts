import { readDocument, missingBlob } from '../blob.ts';
import { Blobs, isGone } from '../registry/blobs.ts';
import { fetchManifest, fetchTagged } from '../registry/manifest.ts';
import type { RegistryName } from '../registry/name.ts';
import { fetchReferrers } from '../registry/referrers.ts';
import { RegistrySession } from '../registry/session.ts';
import type { RegistryOptions } from '../registry/types.ts';
import type { Descriptor } from '../types.ts';
import type { Repository } from './types.ts';

/** A repository of a registry. @throws TwinproofError usage, input-unavailable, image-invalid */
export async function registryRepository(
  reference: string,
  name: RegistryName,
  options: RegistryOptions,
): Promise<Repository> {
  const session = new RegistrySession(reference, name, options);
  const blobs = new Blobs(session, reference);
  const close = async (): Promise<void> => {
    await blobs.close();
    await session.close();
  };
  const orMissing =
    (descriptor: Descriptor) =>
    (error: unknown): never => {
      throw isGone(error) ? missingBlob(descriptor, reference) : error;
    };
  try {
    return {
      reference,
      top: await fetchManifest(session, reference),
      others: [],
      readManifest: (descriptor) =>
        fetchManifest(session, reference, descriptor).catch(orMissing(descriptor)),
      tagged: (tag) => fetchTagged(session, reference, tag),
      referrers: async (digest) => {
        const { listed, tagged } = await fetchReferrers(session, reference, digest);
        return [
          ...listed.map((descriptor) => ({ by: 'referrers-api' as const, descriptor })),
          ...tagged.map((descriptor) => ({ by: 'referrers-tag' as const, descriptor })),
        ];
      },
      readBlob: async (descriptor) =>
        readDocument(descriptor, await blobs.locate(descriptor).catch(orMissing(descriptor))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
