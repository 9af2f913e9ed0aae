import { parentPort, workerData } from 'node:worker_threads';
import { TwinproofError } from '../../errors.ts';
import { verifyPlace } from '../blob.ts';
import { RecordPacker } from './packed-records.ts';
import { Pace } from './pace.ts';
import { RecentFiles } from './recent-files.ts';
import { recordLayer } from './records.ts';
import type { Reply, Request, WorkerData } from './worker-messages.ts';

/** Reads layers in a thread of its own, one after the other; its heap stays small, so collecting garbage is cheap. */

/** Records are sent on so many at a time, or sooner when their files are large: while those are still here. */
const BATCH = 512;
const BATCH_BYTES = 2 * 1024 * 1024;
const RECENT_BYTES = 24 * 1024 * 1024;
let recent: RecentFiles | null = null;
const { pace: shared } = workerData as WorkerData;
const pace = shared === null ? null : new Pace(shared.memory, shared.side);

function send(reply: Reply): void {
  parentPort?.postMessage(reply);
}

async function read(request: Extract<Request, { type: 'read' }>): Promise<void> {
  const { job, limits, layer, budget, inStep } = request;
  const packer = new RecordPacker(BATCH);
  let bytes = 0;
  const flush = (): void => {
    send({ type: 'records', records: packer.take(layer) });
    bytes = 0;
  };
  const trailer = await recordLayer(job, limits, {
    layer,
    budget,
    keeper: (recent ??= new RecentFiles(RECENT_BYTES)),
    ...(pace === null || !inStep ? {} : { pace }),
    onRecord: (record) => {
      packer.add(record);
      bytes += record.size;
      if (packer.full || bytes > BATCH_BYTES) flush();
    },
  });
  flush();
  send({ type: 'done', trailer, budget });
}

function failed(error: unknown): Reply {
  if (error instanceof TwinproofError) {
    const { code, message, where, hint } = error;
    return { type: 'failed', code, message, where: where ?? null, hint: hint ?? null };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { type: 'failed', code: null, message, where: null, hint: null };
}

parentPort?.on('message', (request: Request) => {
  if (request.type === 'fetch') {
    const { layer, position } = request;
    send({ type: 'content', layer, position, content: recent?.get(layer, position) ?? null });
    return;
  }
  const work =
    request.type === 'read'
      ? read(request)
      : verifyPlace(request.descriptor, request.place).then(() => send({ type: 'verified' }));
  work.catch((error: unknown) => send(failed(error)));
});
