import { TwinproofError } from '../errors.ts';
import { readBody } from '../net/ask.ts';
import type { Connections } from '../net/connections.ts';
import { TransferFault } from '../net/transfer-fault.ts';
import type { Patience } from '../net/patience.ts';
import { retrying } from '../net/retry.ts';
import { unavailable } from './origins.ts';
import type { Tried } from './origins.ts';
import { get } from './request.ts';

export interface TextOptions {
  connections: Connections;
  patience: Patience;
  /** More bytes than this are not read. */
  limit: number;
  signal?: AbortSignal | undefined;
}

/**
 * Text of a small file that no checksum is known of; the caller checks its signature.
 * @param urls the same file at several places, tried in turn
 * @throws TwinproofError input-unavailable, interrupted
 */
export async function fetchText(
  urls: string[],
  options: TextOptions,
): Promise<{ text: string; url: string }> {
  const tried: Tried[] = [];
  for (const url of urls) {
    let tries = 0;
    try {
      const bytes = await retrying(
        options.patience,
        async () => {
          tries += 1;
          return readBody(await get(url, options), options.limit);
        },
        options.signal,
      );
      return { text: bytes.toString('utf8'), url };
    } catch (error) {
      if (options.signal?.aborted === true)
        throw new TwinproofError('interrupted', 'the download was stopped');
      if (!(error instanceof TransferFault)) throw error;
      tried.push({ url, kind: error.kind, tries, note: error.message });
    }
  }
  throw unavailable({ url: urls[0] ?? '', repoid: '', size: 0, checksum: '' }, tried);
}
