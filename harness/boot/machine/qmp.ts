import { EventEmitter, once } from 'node:events';
import type { Duplex } from 'node:stream';
import { TwinproofError } from '../../errors.ts';
import { QmpLines, type QmpMessage, parseQmpMessage } from './qmp-messages.ts';

export interface QmpEvent {
  name: string;
  data: Record<string, unknown>;
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** Milliseconds in which QEMU answers a command that does its work at once. */
const ANSWER = 30_000;

/** Events that are kept for `waitFor`; a guest that resets for ever sends them without end. */
const KEPT_EVENTS = 1000;

/** A client of QEMU's control protocol over one connection. */
export class QmpClient {
  /** Version of QEMU from its greeting, e.g. `7.2.22`. */
  version = '';
  readonly events: QmpEvent[] = [];
  readonly #stream: Duplex;
  readonly #waiting = new Map<number, Waiting>();
  readonly #changes = new EventEmitter();
  #next = 1;
  #greeted = false;
  #closed: Error | null = null;

  private constructor(stream: Duplex) {
    this.#stream = stream;
    const lines = new QmpLines();
    stream.on('data', (piece: Buffer) => {
      try {
        for (const line of lines.push(piece)) this.#receive(parseQmpMessage(line));
      } catch (error) {
        this.#close(error as Error);
      }
    });
    stream.on('error', (cause) => this.#close(gone(cause)));
    stream.on('end', () => this.#close(gone()));
    stream.on('close', () => this.#close(gone()));
  }

  /**
   * Waits for the greeting and leaves negotiation mode.
   * @throws TwinproofError `timeout`, or `internal` when QEMU ends or talks something else
   */
  static async open(stream: Duplex, timeout = ANSWER): Promise<QmpClient> {
    const client = new QmpClient(stream);
    await client.#until(() => client.#greeted, timeout, 'greet');
    await client.execute('qmp_capabilities');
    return client;
  }

  /**
   * @param timeout milliseconds
   * @returns what the command returns
   * @throws TwinproofError `internal` with QEMU's own words when it refuses, or has ended; `timeout`
   */
  async execute(command: string, args: Record<string, unknown> = {}, timeout = ANSWER): Promise<unknown> {
    if (this.#closed !== null) throw this.#closed;
    const id = this.#next++;
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      timer = setTimeout(() => reject(late(`answer ${command}`, timeout)), timeout);
    });
    this.#stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /**
   * Waits for the next event that fits, looking first at those that came since `from` (a length of `events`).
   * @throws TwinproofError `timeout`, or `internal` when QEMU ends first
   */
  async waitFor(fits: (event: QmpEvent) => boolean, timeout: number, from = 0): Promise<QmpEvent> {
    let found: QmpEvent | undefined;
    await this.#until(
      () => (found ??= this.events.slice(from).find(fits)) !== undefined,
      timeout,
      'send the event',
    );
    if (found === undefined) throw late('send the event', timeout);
    return found;
  }

  #receive(message: QmpMessage): void {
    if (message.kind === 'greeting') {
      this.version = message.version;
      this.#greeted = true;
    } else if (message.kind === 'event') {
      if (this.events.length < KEPT_EVENTS) this.events.push({ name: message.name, data: message.data });
    } else {
      // An error without an id answers a line that QEMU could not read; we sent it, so whoever waits is told.
      const waiting = message.id === null ? [...this.#waiting.values()] : [this.#waiting.get(message.id)];
      for (const one of waiting) {
        if (message.kind === 'return') one?.resolve(message.value);
        else one?.reject(new TwinproofError('internal', `QEMU refused: ${message.description}`));
      }
    }
    this.#changes.emit('change');
  }

  async #until(so: () => boolean, timeout: number, what: string): Promise<void> {
    const signal = AbortSignal.timeout(timeout);
    while (!so()) {
      if (this.#closed !== null) throw this.#closed;
      await once(this.#changes, 'change', { signal }).catch((error: unknown) => {
        throw signal.aborted ? late(what, timeout) : error;
      });
    }
  }

  #close(error: Error): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#changes.emit('change');
    this.#stream.destroy();
  }
}

const late = (what: string, timeout: number): TwinproofError =>
  new TwinproofError('timeout', `QEMU did not ${what} within ${timeout / 1000} s`);

const gone = (cause?: unknown): TwinproofError =>
  new TwinproofError('internal', 'QEMU ended while it was spoken to', { cause });
