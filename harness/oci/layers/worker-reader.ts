import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TwinproofError } from '../../errors.ts';
import type { LayerJob } from './layer.ts';
import type { PackOptions } from './pack-layer.ts';
import type { Trailer } from './records.ts';
import type { BlobPlace, Descriptor, ReadLimits } from '../types.ts';
import type { Reply, Request, WorkerData } from './worker-messages.ts';

interface Running {
  /** Null while a blob is only verified. */
  options: PackOptions | null;
  resolve: (trailer: Trailer) => void;
  reject: (error: unknown) => void;
}

const NO_TRAILER: Trailer = { size: 0, sha256: '' };

function errorOf({ code, message, where, hint }: Extract<Reply, { type: 'failed' }>): Error {
  if (code === null) return new Error(message);
  return new TwinproofError(code, message, {
    ...(where === null ? {} : { where }),
    ...(hint === null ? {} : { hint }),
  });
}

/** Threads do not inherit where the main thread keeps compiled modules. */
function environment(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) };
}

/** Reads layers like `packLayer`, in a thread of its own: one layer at a time, in the order asked. */
export class WorkerReader implements AsyncDisposable {
  readonly #worker: Worker;
  #running: Running | null = null;
  readonly #fetches = new Map<string, (content: Buffer | null) => void>();
  #broken: unknown = null;
  /** Resolves when all that was asked for has been done. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param pace which of two that are to stay near each other; read alone when not given */
  constructor(pace: WorkerData['pace'] = null) {
    const workerData: WorkerData = { pace };
    this.#worker = new Worker(new URL(`./layer-worker${extname(import.meta.filename)}`, import.meta.url), {
      env: environment(),
      workerData,
      // A thread holds little but the files it saw last; small generations keep memory down.
      resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 },
    });
    this.#worker.on('message', (reply: Reply) => this.#receive(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread that reads layers has ended')));
  }

  /**
   * @param inStep stays near the other of two readers
   * @throws TwinproofError like packLayer
   */
  read(job: LayerJob, limits: ReadLimits, options: PackOptions, inStep = true): Promise<Trailer> {
    const { layer, budget } = options;
    return this.#queue({ type: 'read', job, limits, layer, budget, inStep }, options);
  }

  /** Reads a blob to check it against its descriptor. @throws TwinproofError image-invalid */
  async verify(descriptor: Descriptor, place: BlobPlace): Promise<void> {
    await this.#queue({ type: 'verify', descriptor, place }, null);
  }

  /** Content of a small file that was read a moment ago; null when it is gone. */
  fetch(layer: number, position: number): Promise<Buffer | null> {
    if (this.#broken !== null) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#fetches.set(`${layer}:${position}`, resolve);
      this.#send({ type: 'fetch', layer, position });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #queue(request: Request, options: PackOptions | null): Promise<Trailer> {
    const done = this.#turn.then(() => this.#start(request, options));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #start(request: Request, options: PackOptions | null): Promise<Trailer> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== null) {
        reject(this.#broken instanceof Error ? this.#broken : new Error('reading failed'));
        return;
      }
      this.#running = { options, resolve, reject };
      this.#send(request);
    });
  }

  #send(request: Request): void {
    this.#worker.postMessage(request);
  }

  #receive(reply: Reply): void {
    const running = this.#running;
    switch (reply.type) {
      case 'pack':
        if (running?.options == null) return;
        try {
          running.options.onPack(reply.pack);
        } catch (error) {
          // The entries make no tree; what is still under way is of no use any more.
          this.#fail(error);
          void this.#worker.terminate();
        }
        return;
      case 'done':
        if (running?.options != null) Object.assign(running.options.budget, reply.budget);
        this.#running = null;
        running?.resolve(reply.trailer);
        return;
      case 'verified':
        this.#running = null;
        running?.resolve(NO_TRAILER);
        return;
      case 'failed':
        this.#running = null;
        running?.reject(errorOf(reply));
        return;
      case 'content': {
        const key = `${reply.layer}:${reply.position}`;
        this.#fetches.get(key)?.(reply.content === null ? null : Buffer.from(reply.content));
        this.#fetches.delete(key);
      }
    }
  }

  #fail(error: unknown): void {
    this.#broken ??= error;
    const running = this.#running;
    this.#running = null;
    running?.reject(error);
    for (const resolve of this.#fetches.values()) resolve(null);
    this.#fetches.clear();
  }
}
