import { setTimeout as sleep } from 'node:timers/promises';
import { discard, type Response } from './ask.ts';
import type { GrowingFile } from './growing-file.ts';
import type { Patience } from './patience.ts';
import { pauseAfter } from './retry.ts';
import { networkFault, TransferFault } from './transfer-fault.ts';

export interface Download {
  /** What is there from before is taken up. */
  file: GrowingFile;
  /** What the file must become, as far as it is known. */
  size?: number | undefined;
  checksum?: string | undefined;
  /** Whether the checksum proves that bytes of several answers belong together; otherwise every try begins anew. */
  resumable: boolean;
  /** Asks the server for the bytes from `offset` on. @returns an answer of status 200, 206 or 416 */
  ask: (offset: number) => Promise<Response>;
  patience: Patience;
  signal?: AbortSignal | undefined;
  /** Called with how many bytes more (or, after throwing some away, fewer) there are. */
  onBytes?: ((bytes: number) => void) | undefined;
}

/** How a download ended; `tries` are all, also the first. */
export type Outcome =
  | { kind: 'right'; tries: number }
  | { kind: 'wrong'; tries: number; note: string }
  | { kind: TransferFault['kind']; tries: number; note: string; fault: TransferFault };

/** However much progress each brings. */
const MAX_TRIES = 100;
/** Bytes a second below which a transfer counts as stalled, over the time of one stall. */
const SLOWEST = 1024;

const leastOf = ({ stall }: Patience): number => (SLOWEST * stall) / 1000;

/**
 * Downloads from one place until everything is there or there is no hope, taking up where a broken transfer stopped.
 * Bytes that are wrong are given up only when one answer brought all of them: those of several may not fit together.
 * @throws an AbortError once the signal says so, and whatever writing the file throws
 */
export async function download(task: Download): Promise<Outcome> {
  const { file, patience, signal } = task;
  let idle = 0;
  let furthest = file.length;
  for (let tries = 1; ; tries += 1) {
    const isMixed = file.length > 0;
    try {
      const note = await transferOnce(task);
      if (note === null) return { kind: 'right', tries };
      await startAnew(task);
      if (!isMixed) return { kind: 'wrong', tries, note };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TransferFault)) throw error;
      idle = file.length - furthest >= leastOf(patience) ? 0 : idle + 1;
      furthest = Math.max(furthest, file.length);
      if (!task.resumable) await startAnew(task);
      const end = tries < MAX_TRIES ? await pause(task, error, Math.max(idle, 1)) : error;
      if (end !== null) return { kind: end.kind, tries, note: end.message, fault: end };
    }
  }
}

/** @returns what to give up with, or null when another try may help */
async function pause(
  { patience, signal }: Download,
  fault: TransferFault,
  idle: number,
): Promise<TransferFault | null> {
  try {
    await sleep(pauseAfter(fault, idle, patience), undefined, signal === undefined ? {} : { signal });
    return null;
  } catch (error) {
    if (error instanceof TransferFault) return error;
    throw error;
  }
}

async function startAnew({ file, onBytes }: Download): Promise<void> {
  onBytes?.(-file.length);
  await file.restart();
}

/** @returns null when the file is complete and right, otherwise what is wrong with its bytes */
async function transferOnce(task: Download): Promise<string | null> {
  const { file, size, checksum } = task;
  if (file.length === 0 || size === undefined || file.length < size) {
    const response = await task.ask(file.length);
    try {
      const note = (await agree(task, response)) ?? (await receive(task, response));
      if (note !== null) return note;
      if (size !== undefined && file.length < size) return endsEarly(task, response);
    } finally {
      discard(response);
    }
  }
  const actual = file.checksum();
  return checksum === undefined || actual === checksum ? null : `checksum ${actual} instead of ${checksum}`;
}

/** Makes file and answer begin at the same byte. @returns a size that cannot be right needs no download */
async function agree(task: Download, { statusCode, headers }: Response): Promise<string | null> {
  const { file, size } = task;
  const start = Number(/^bytes (\d+)-/.exec(String(headers['content-range'] ?? ''))?.[1] ?? Number.NaN);
  if (statusCode === 416 || (statusCode === 206 && start !== file.length)) {
    if (file.length === 0) throw new TransferFault('refused', `HTTP ${statusCode} for the whole file`);
    await startAnew(task);
    throw new TransferFault('broken', 'cannot be resumed');
  }
  if (statusCode === 200 && file.length > 0) await startAnew(task);
  const total = Number(headers['content-length'] ?? Number.NaN) + file.length;
  return size === undefined || Number.isNaN(total) || total === size
    ? null
    : `${total} bytes instead of ${size}`;
}

/** @returns what is wrong when the body has more bytes than it may have */
async function receive({ file, patience, onBytes }: Download, { body }: Response): Promise<string | null> {
  let window = { since: Date.now(), bytes: 0 };
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((error: unknown) => {
      throw networkFault(error);
    });
    if (next.done === true) return null;
    const chunk = next.value as Uint8Array;
    if (!(await file.append(chunk))) return `more than the ${file.limit} bytes that it may have`;
    onBytes?.(chunk.length);
    window.bytes += chunk.length;
    if (Date.now() - window.since < patience.stall) continue;
    if (window.bytes < leastOf(patience))
      throw new TransferFault('broken', `less than ${SLOWEST} bytes a second`);
    window = { since: Date.now(), bytes: 0 };
  }
}

/** An answer in chunks says itself where it ends (RFC 9112, section 8); otherwise the connection may have broken. */
function endsEarly({ file, size }: Download, { headers }: Response): string {
  const note = `${file.length} bytes instead of ${String(size)}`;
  if (headers['transfer-encoding'] !== undefined) return note;
  throw new TransferFault('broken', `ends after ${file.length} bytes`);
}
