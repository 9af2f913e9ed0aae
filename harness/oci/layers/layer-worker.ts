import { parentPort } from 'node:worker_threads';
import { TwinproofError } from '../../errors.ts';
import { verifyPlace } from '../blob.ts';
import { RecordPacker } from './packed-records.ts';
import { RecentTexts } from './recent-texts.ts';
import { recordLayer } from './records.ts';
import type { Reply, Request } from './worker-messages.ts';

/** Reads layers in a thread of its own, one after the other; its heap stays small, so collecting garbage is cheap. */

const BATCH = 512;
const TEXTS = 24 * 1024 * 1024;
let texts: RecentTexts | null = null;

function send(reply: Reply): void {
  parentPort?.postMessage(reply);
}

async function read({ job, limits, layer, budget }: Extract<Request, { type: 'read' }>): Promise<void> {
  const packer = new RecordPacker(BATCH);
  const flush = (): void => send({ type: 'records', records: packer.take(layer) });
  const trailer = await recordLayer(job, limits, {
    layer,
    budget,
    keeper: (texts ??= new RecentTexts(TEXTS)),
    onRecord: (record) => {
      packer.add(record);
      if (packer.full) flush();
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
    send({ type: 'content', layer, position, content: texts?.get(layer, position) ?? null });
    return;
  }
  const work =
    request.type === 'read'
      ? read(request)
      : verifyPlace(request.descriptor, request.place).then(() => send({ type: 'verified' }));
  work.catch((error: unknown) => send(failed(error)));
});
