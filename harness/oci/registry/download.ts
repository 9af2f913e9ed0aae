import { storageError } from '../../engine/storage.ts';
import { discard, type Response } from '../../net/ask.ts';
import { download } from '../../net/download.ts';
import { GrowingFile } from '../../net/growing-file.ts';
import { TransferFault } from '../../net/transfer-fault.ts';
import { parseDigest } from '../digest.ts';
import { imageInvalid } from '../fault.ts';
import type { Descriptor } from '../types.ts';
import type { RegistrySession } from './session.ts';

/**
 * Downloads a blob into a new file, taking up where a broken transfer stopped.
 * @throws TwinproofError image-invalid when the registry has other bytes, input-unavailable, storage
 */
export async function downloadBlob(
  session: RegistrySession,
  { digest, size }: Descriptor,
  path: string,
  where: string,
): Promise<void> {
  const { algorithm } = parseDigest(digest, where);
  const fault = (cause: unknown): Error => storageError(`could not write ${path}`, cause);
  const file = await GrowingFile.open({ path, algorithm, limit: size, fault });
  try {
    const outcome = await download({
      file,
      size,
      checksum: digest,
      resumable: true,
      ask: (offset) => ask(session, digest, offset),
      patience: session.patience,
    });
    if (outcome.kind === 'right') return;
    if (outcome.kind === 'wrong')
      throw imageInvalid(`the registry does not send what its descriptor says: ${outcome.note}`, where);
    throw session.failure(outcome.fault, session.path('blobs', digest));
  } finally {
    await file.close();
  }
}

async function ask(session: RegistrySession, digest: string, offset: number): Promise<Response> {
  const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
  const response = await session.get(session.path('blobs', digest), headers);
  const encoding = response.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return response;
  discard(response);
  throw new TransferFault('refused', 'sends blobs with a content encoding that nobody asked for');
}
