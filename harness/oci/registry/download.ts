import { networkFault, TransferFault } from '../../net/transfer-fault.ts';
import { imageInvalid } from '../fault.ts';
import type { Descriptor } from '../types.ts';
import { BlobFile } from './blob-file.ts';
import { discard, type Response } from './http.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { pauseAfter } from '../../net/retry.ts';
import type { RegistrySession } from './session.ts';

/** Bytes a second below which a transfer counts as stalled, over the time of one stall. */
const SLOWEST = 1024;
/** However much progress each brings. */
const MAX_TRIES = 100;

interface Download {
  session: RegistrySession;
  descriptor: Descriptor;
  file: BlobFile;
  where: string;
}

/**
 * Downloads a blob into a new file, taking up where a broken transfer stopped.
 * @throws TwinproofError image-invalid when the registry has other bytes, input-unavailable, storage
 */
export async function downloadBlob(
  session: RegistrySession,
  descriptor: Descriptor,
  path: string,
  where: string,
): Promise<void> {
  const file = await BlobFile.create(path, descriptor);
  try {
    await complete({ session, descriptor, file, where });
  } catch (error) {
    throw session.failure(error, session.path('blobs', descriptor.digest));
  } finally {
    await file.close();
  }
}

async function complete(download: Download): Promise<void> {
  const { file, session, descriptor, where } = download;
  let idle = 0;
  // Bytes of several answers may not fit together; then they all come again, once.
  let pieces = 0;
  for (let tries = 1; ; tries += 1) {
    const before = file.length;
    try {
      pieces += 1;
      await transferOnce(download);
      const actual = file.digest();
      if (actual === descriptor.digest) return;
      if (pieces === 1) throw imageInvalid(`the registry sends bytes with the digest ${actual}`, where);
      await file.restart();
      pieces = 0;
    } catch (fault) {
      if (tries >= MAX_TRIES) throw fault;
      idle = file.length > before ? 0 : idle + 1;
      await sleep(pauseAfter(fault, Math.max(idle, 1), session.patience));
      if (file.length === 0) pieces = 0;
    }
  }
}

async function transferOnce(download: Download): Promise<void> {
  const { session, descriptor, file } = download;
  if (file.length === file.size && file.size > 0) return;
  const headers: Record<string, string> = file.length === 0 ? {} : { range: `bytes=${file.length}-` };
  const response = await session.get(session.path('blobs', descriptor.digest), headers);
  try {
    await agree(download, response);
    await receive(download, response);
  } finally {
    discard(response);
  }
  if (file.length < file.size) throw new TransferFault('broken', `ends after ${file.length} bytes`);
}

/** Makes the file and the answer begin at the same byte; a size that cannot be right needs no download. */
async function agree({ file, where }: Download, { statusCode, headers }: Response): Promise<void> {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new TransferFault('refused', 'sends blobs with a content encoding that nobody asked for');
  const start = Number(/^bytes (\d+)-/.exec(String(headers['content-range'] ?? ''))?.[1] ?? Number.NaN);
  if (statusCode === 416 || (statusCode === 206 && start !== file.length)) {
    if (file.length === 0) throw new TransferFault('refused', `HTTP ${statusCode} for a whole blob`);
    await file.restart();
    throw new TransferFault('broken', 'cannot be resumed');
  }
  if (statusCode === 200 && file.length > 0) await file.restart();
  const total = Number(headers['content-length'] ?? Number.NaN) + file.length;
  if (!Number.isNaN(total) && total !== file.size) {
    throw imageInvalid(`the registry has ${total} bytes, its descriptor says ${file.size}`, where);
  }
}

async function receive({ file, session, where }: Download, { body }: Response): Promise<void> {
  const { stall } = session.patience;
  const least = (SLOWEST * stall) / 1000;
  let window = { since: Date.now(), bytes: 0 };
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((error: unknown) => {
      throw networkFault(error);
    });
    if (next.done === true) return;
    const chunk = next.value as Uint8Array;
    if (!(await file.append(chunk)))
      throw imageInvalid(`the registry sends more than the ${file.size} bytes of its descriptor`, where);
    window.bytes += chunk.length;
    if (Date.now() - window.since < stall) continue;
    if (window.bytes < least) throw new TransferFault('refused', `less than ${SLOWEST} bytes a second`);
    window = { since: Date.now(), bytes: 0 };
  }
}
