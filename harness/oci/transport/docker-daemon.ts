import { join } from 'node:path';
import { connectEngine } from '../../engine/connect.ts';
import { withScratch } from '../scratch.ts';
import type { OciImage } from '../types.ts';
import { openArchive } from './archive.ts';
import { spool } from './spool.ts';
import { archiveStore } from './store.ts';
import type { Wanted } from './walk.ts';

/** An engine packs the whole image before it sends the first byte. */
const STALL = 900_000;

/**
 * Opens an image of a container engine, Docker's or podman's, found as all engines are (DOCKER_HOST, sockets). From
 * Docker 25 on its export is an OCI layout too, and with containerd's store that holds the real manifest.
 * @throws TwinproofError engine-unavailable, input-unavailable, image-invalid, storage, timeout
 */
export async function openDaemon(name: string, wanted: Wanted): Promise<OciImage> {
  const stream = await (await connectEngine()).images.export(name);
  return withScratch('export', async (scratch) => {
    const path = join(scratch.path, 'image.tar');
    await spool(stream, path, scratch, { what: wanted.reference, stall: STALL });
    const store = { ...(await archiveStore(path)), path: wanted.reference };
    const owned = { ...store, close: () => scratch.close() };
    return openArchive(owned, { ...wanted, tag: null });
  });
}
