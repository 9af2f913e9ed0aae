import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { Origin } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import { pinOf } from '../lock/checksum.ts';
import type { LockedFile } from '../lock/types.ts';
import { networkFault, TransferFault } from '../net/transfer-fault.ts';
import type { Patience } from '../net/patience.ts';
import { pauseAfter } from '../net/retry.ts';
import { candidateUrls, mismatch, unavailable } from './origins.ts';
import type { Tried } from './origins.ts';
import { Part } from './part.ts';
import { type Redirect, rememberRedirects } from './redirects.ts';
import { get } from './request.ts';

export interface Transfer {
  /** Folder of the cache. */
  cache: string;
  origins: Origin[];
  dispatcher: Dispatcher;
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

const MAX_TRIES = 100;
const MIN_BYTES_A_WINDOW = 1024;

/**
 * Downloads one locked file into the cache, from the first origin that has the right bytes; takes up what an earlier
 * try left. Never reads more than the locked size; what the lock does not say of the file is not checked.
 * @throws TwinproofError input-unavailable when no origin gives it, input-mismatch when one gives other bytes and
 *   none the right ones, storage, interrupted
 */
export async function download(file: LockedFile, transfer: Transfer): Promise<Downloaded> {
  const part = await Part.open(transfer.cache, file);
  transfer.onBytes?.(part.length);
  const tried: Tried[] = [];
  let done = false;
  try {
    for (const url of candidateUrls(file.url, transfer.origins)) {
      const attempt: Attempt = { file, part, transfer, url, way: [] };
      const outcome = await tryOrigin(attempt);
      tried.push(outcome);
      if (outcome.kind !== 'right') continue;
      done = true;
      // A mirror's way is not that of the URL in the lock.
      if (url === file.url) await rememberRedirects(transfer.cache, url, attempt.way);
      const retries = tried.reduce((sum, { tries }) => sum + tries - 1, 0);
      return { path: await part.finish(), from: url, retries };
    }
  } finally {
    if (!done) await part.release();
  }
  throw tried.some(({ kind }) => kind === 'wrong') ? mismatch(file, tried) : unavailable(file, tried);
}

interface Attempt {
  file: LockedFile;
  part: Part;
  transfer: Transfer;
  url: string;
  /** The redirects of the last answer. */
  way: Redirect[];
}

/** Tries one origin until it gave everything or there is no hope. */
async function tryOrigin(attempt: Attempt): Promise<Tried> {
  const { part, transfer, url } = attempt;
  let idle = 0;
  // Otherwise the first bytes came from another origin or an earlier time, and may be what is wrong.
  let allFromHere = part.length === 0;
  for (let tries = 1; ; tries += 1) {
    const before = part.length;
    const fault = await transferOnce(attempt).catch((error: unknown) => {
      if (transfer.signal?.aborted === true)
        throw new TwinproofError('interrupted', 'the download was stopped');
      if (error instanceof TransferFault) return error;
      throw error;
    });
    if (!(fault instanceof TransferFault)) {
      if (fault === null) return { url, kind: 'right', tries, note: '' };
      await discard(attempt);
      if (!allFromHere) {
        allFromHere = true;
        continue;
      }
      return { url, kind: 'wrong', tries, note: fault };
    }
    // Without a checksum nobody could tell that two halves belong together.
    const resumable = pinOf(attempt.file) !== null;
    idle = resumable && part.length > before ? 0 : idle + 1;
    if (!resumable) await discard(attempt);
    const end = tries >= MAX_TRIES ? fault : await pause(transfer, fault, idle);
    if (end !== null) return { url, kind: end.kind, tries, note: end.message };
  }
}

async function discard({ part, transfer }: Attempt): Promise<void> {
  transfer.onBytes?.(-part.length);
  await part.restart();
}

/** @returns what to give up with, or null when another try may help */
async function pause(
  { patience, signal }: Transfer,
  fault: TransferFault,
  idle: number,
): Promise<TransferFault | null> {
  try {
    const milliseconds = pauseAfter(fault, Math.max(1, idle), patience);
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
    return null;
  } catch (error) {
    if (error instanceof TransferFault) return error;
    throw new TwinproofError('interrupted', 'the download was stopped');
  }
}

/** @returns null when the file is complete and right, otherwise what is wrong with its bytes */
async function transferOnce(attempt: Attempt): Promise<string | null> {
  const { file, part, transfer, url } = attempt;
  if (file.size === undefined || part.length < file.size) {
    attempt.way = [];
    const onRedirect = (redirect: Redirect): number => attempt.way.push(redirect);
    const mayBePlain = pinOf(file) !== null;
    const response = await get(url, { ...transfer, offset: part.length, mayBePlain, onRedirect });
    const { body } = response;
    try {
      const fault = await agree(attempt, response);
      if (fault !== null) return fault;
      if (!(await receive(attempt, body))) return `more than the ${part.limit} bytes of the lock`;
    } finally {
      body.on('error', () => undefined).destroy();
    }
  }
  // A connection that ends early without an error (no Content-Length) gives fewer bytes.
  if (file.size !== undefined && part.length < file.size)
    return `${part.length} bytes instead of ${file.size}`;
  return file.checksum === undefined || part.checksum() === file.checksum
    ? null
    : `checksum ${part.checksum()} instead of ${file.checksum}`;
}

/** Makes the part and the response begin at the same byte; a size that cannot be right needs no download. */
async function agree(attempt: Attempt, response: Dispatcher.ResponseData): Promise<string | null> {
  const { file, part } = attempt;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(String(response.headers['content-range'] ?? ''));
  if (response.statusCode === 416 || (response.statusCode === 206 && Number(range?.[1]) !== part.length)) {
    if (part.length === 0)
      throw new TransferFault('refused', `HTTP ${response.statusCode} for the whole file`);
    await discard(attempt);
    throw new TransferFault('broken', 'cannot be resumed');
  }
  if (response.statusCode === 200 && part.length > 0) await discard(attempt);
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  const total = length + part.length;
  return file.size === undefined || Number.isNaN(length) || total === file.size
    ? null
    : `${total} bytes instead of ${file.size}`;
}

/** @returns false when the body has more bytes than it may have */
async function receive(attempt: Attempt, body: AsyncIterable<unknown>): Promise<boolean> {
  const { part, transfer } = attempt;
  let window = { since: Date.now(), bytes: 0 };
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((error: unknown) => {
      throw networkFault(error);
    });
    if (next.done === true) return true;
    const chunk = next.value as Uint8Array;
    if (!(await part.append(chunk))) return false;
    transfer.onBytes?.(chunk.length);
    window.bytes += chunk.length;
    if (Date.now() - window.since < transfer.patience.stall) continue;
    if (window.bytes < MIN_BYTES_A_WINDOW) throw new TransferFault('broken', 'stalled');
    window = { since: Date.now(), bytes: 0 };
  }
}
