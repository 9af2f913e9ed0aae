import { parentPort, workerData } from 'node:worker_threads';
import { TwinproofError } from '../../errors.ts';
import { verifyPlace } from '../blob.ts';
import { packLayer } from './pack-layer.ts';
import { Pace } from './pace.ts';
import { RecentFiles } from './recent-files.ts';
import type { Reply, Request, WorkerData } from './worker-messages.ts';

/** Reads layers in a thread of its own, one after the other; its heap stays small, so collecting garbage is cheap. */

const RECENT_BYTES = 24 * 1024 * 1024;
let recent: RecentFiles | null = null;
const { pace: shared } = workerData as WorkerData;
const pace = shared === null ? null : new Pace(shared.memory, shared.side);

/** @param handed memory that is not needed here any more */
function send(reply: Reply, handed: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(reply, handed);
}

async function read(request: Extract<Request, { type: 'read' }>): Promise<void> {
  const { job, limits, layer, budget, inStep } = request;
  const trailer = await packLayer(job, limits, {
    layer,
    budget,
    keeper: (recent ??= new RecentFiles(RECENT_BYTES)),
    ...(pace === null || !inStep ? {} : { pace }),
    onPack: (pack) => send({ type: 'pack', pack }, [pack.rows.buffer, pack.ends.buffer]),
  });
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
