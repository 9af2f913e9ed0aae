import type { Origin } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import { pinOf } from '../lock/checksum.ts';
import type { LockedFile } from '../lock/types.ts';
import type { Connections } from '../net/connections.ts';
import { download as downloadFrom, type Outcome } from '../net/download.ts';
import type { Patience } from '../net/patience.ts';
import type { Redirect } from '../net/redirect.ts';
import { candidateUrls, mismatch, unavailable } from './origins.ts';
import type { Tried } from './origins.ts';
import { Part } from './part.ts';
import { rememberRedirects } from './redirects.ts';
import { get } from './request.ts';

export interface Transfer {
  /** Folder of the cache. */
  cache: string;
  origins: Origin[];
  connections: Connections;
  patience: Patience;
  signal?: AbortSignal | undefined;
  /** Called with how many bytes more (or, after throwing some away, fewer) there are. */
  onBytes?: (bytes: number) => void;
}

export interface Downloaded {
  /** In the cache; size and checksum are right, as far as the lock says them. */
  path: string;
  /** The origin that gave it. */
  from: string;
  /** Tries beyond the first, over all origins. */
  retries: number;
}

/**
 * Downloads one locked file into the cache, from the first origin that has the right bytes; takes up what an earlier
 * try left. Never reads more than the locked size; what the lock does not say of the file is not checked.
 * @throws TwinproofError input-unavailable when no origin gives it, input-mismatch when one gives other bytes and
 *   none the right ones, storage, interrupted
 */
export async function download(file: LockedFile, transfer: Transfer): Promise<Downloaded> {
  const part = await Part.open(transfer.cache, file);
  transfer.onBytes?.(part.file.length);
  const tried: Tried[] = [];
  let retries = 0;
  let done = false;
  try {
    for (const url of candidateUrls(file.url, transfer.origins)) {
      const { outcome, way } = await tryOrigin(url, { file, part, transfer });
      retries += outcome.tries - 1;
      if (outcome.kind !== 'right') {
        tried.push({ url, ...outcome });
        continue;
      }
      done = true;
      // A mirror's way is not that of the URL in the lock.
      if (url === file.url) await rememberRedirects(transfer.cache, url, way);
      return { path: await part.finish(), from: url, retries };
    }
  } finally {
    if (!done) await part.release();
  }
  throw tried.some(({ kind }) => kind === 'wrong') ? mismatch(file, tried) : unavailable(file, tried);
}

/** @returns with the redirects of the last answer */
async function tryOrigin(
  url: string,
  { file, part, transfer }: { file: LockedFile; part: Part; transfer: Transfer },
): Promise<{ outcome: Outcome; way: Redirect[] }> {
  const { signal, patience, onBytes } = transfer;
  let way: Redirect[] = [];
  const onRedirect = (redirect: Redirect): number => way.push(redirect);
  try {
    const outcome = await downloadFrom({
      file: part.file,
      size: file.size,
      checksum: file.checksum,
      resumable: pinOf(file) !== null,
      ask: (offset) => {
        way = [];
        return get(url, { ...transfer, offset, onRedirect });
      },
      patience,
      signal,
      onBytes,
    });
    return { outcome, way };
  } catch (error) {
    if (signal?.aborted === true) throw new TwinproofError('interrupted', 'the download was stopped');
    throw error;
  }
}
