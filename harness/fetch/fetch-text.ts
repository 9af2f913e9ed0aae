import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { TwinproofError } from '../errors.ts';
import { networkFault, TransferFault } from '../net/transfer-fault.ts';
import type { Patience } from './dispatcher.ts';
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
    for (let tries = 1; ; tries += 1) {
      const result = await readBody(url, options);
      if (typeof result === 'string') return { text: result, url };
      if (result.kind === 'broken' && tries < options.patience.tries) {
        await sleep(options.patience.pause * 2 ** tries);
        continue;
      }
      tried.push({ url, kind: result.kind, tries, note: result.message });
      break;
    }
  }
  throw unavailable({ url: urls[0] ?? '', repoid: '', size: 0, checksum: '' }, tried);
}

async function readBody(url: string, options: TextOptions): Promise<string | TransferFault> {
  try {
    const { body } = await get(url, options);
    const parts: Buffer[] = [];
    let total = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > options.limit) return new TransferFault('refused', `more than ${options.limit} bytes`);
      parts.push(chunk);
    }
    return Buffer.concat(parts).toString('utf8');
  } catch (error) {
    if (options.signal?.aborted === true) throw new TwinproofError('interrupted', 'the download was stopped');
    return error instanceof TransferFault ? error : networkFault(error);
  }
}
