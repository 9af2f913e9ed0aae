import type { Dispatcher } from 'undici';
import { TwinproofError } from '../errors.ts';
import { networkFault, TransferFault } from '../net/transfer-fault.ts';
import type { Patience } from '../net/patience.ts';
import { retrying } from '../net/retry.ts';
import { unavailable } from './origins.ts';
import type { Tried } from './origins.ts';
import { get } from './request.ts';

export interface TextOptions {
  dispatcher: Dispatcher;
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
      const text = await retrying(
        options.patience,
        () => {
          tries += 1;
          return readBody(url, options);
        },
        options.signal,
      );
      return { text, url };
    } catch (error) {
      if (options.signal?.aborted === true)
        throw new TwinproofError('interrupted', 'the download was stopped');
      if (!(error instanceof TransferFault)) throw error;
      tried.push({ url, kind: error.kind, tries, note: error.message });
    }
  }
  throw unavailable({ url: urls[0] ?? '', repoid: '', size: 0, checksum: '' }, tried);
}

/** Never by a redirect from HTTPS to plain HTTP: it may be the key that signatures are checked with. */
async function readBody(url: string, options: TextOptions): Promise<string> {
  const parts: Buffer[] = [];
  let total = 0;
  try {
    const { body } = await get(url, options);
    for await (const chunk of body as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > options.limit) throw new TransferFault('refused', `more than ${options.limit} bytes`);
      parts.push(chunk);
    }
  } catch (error) {
    throw error instanceof TransferFault ? error : networkFault(error);
  }
  return Buffer.concat(parts).toString('utf8');
}
