import { TwinproofError } from '../../errors.ts';

/** What the guest's end of the channel says. */
export type Reply =
  { kind: 'ready' } | { kind: 'done'; id: number; status: number; stdout: Buffer; stderr: Buffer };

/** ASCII record separator: begins the one line that tells of a reply. */
const MARK = 0x1e;
const MAX_HEADER = 200;
/** Bytes of other things that may come before a reply. */
const MAX_NOISE = 2 ** 20;

/**
 * Reads replies out of a stream: `RS <nonce> ready LF`, or `RS <nonce> <id> <status> <out> <err> LF` and then so many
 * bytes of output and of errors. All of it comes from a guest that may lie, so everything is bounded.
 */
export class ReplyReader {
  readonly #nonce: string;
  readonly #limit: number;
  #bytes: Buffer = Buffer.alloc(0);
  #noise = 0;
  #body: { id: number; status: number; out: number; err: number } | null = null;

  /** @param limit bytes of output and errors of one reply */
  constructor(nonce: string, limit: number) {
    this.#nonce = nonce;
    this.#limit = limit;
  }

  /** @throws TwinproofError `guest-unreachable` when it is no reply that could have been asked for */
  push(piece: Buffer): Reply[] {
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
    const replies: Reply[] = [];
    for (let reply = this.#next(); reply !== null; reply = this.#next()) replies.push(reply);
    return replies;
  }

  #next(): Reply | null {
    while (this.#body === null) {
      const line = this.#header();
      if (line === null) return null;
      const words = line.split(' ');
      if (words[0] !== this.#nonce) continue;
      if (words.length === 2 && words[1] === 'ready') return { kind: 'ready' };
      this.#body = this.#parse(words.slice(1));
    }
    const { id, status, out, err } = this.#body;
    if (this.#bytes.length < out + err) return null;
    const stdout = Buffer.from(this.#bytes.subarray(0, out));
    const stderr = Buffer.from(this.#bytes.subarray(out, out + err));
    this.#bytes = this.#bytes.subarray(out + err);
    this.#body = null;
    return { kind: 'done', id, status, stdout, stderr };
  }

  /** The next header line without its mark and end; null when it is not complete yet. What is not one is skipped. */
  #header(): string | null {
    const at = this.#bytes.indexOf(MARK);
    this.#skip(at < 0 ? this.#bytes.length : at);
    if (at < 0) return null;
    const end = this.#bytes.indexOf(0x0a);
    if (end < 0 && this.#bytes.length <= MAX_HEADER) return null;
    if (end < 0 || end > MAX_HEADER) {
      this.#skip(1);
      return '';
    }
    const line = this.#bytes.toString('latin1', 1, end);
    this.#bytes = this.#bytes.subarray(end + 1);
    return line.trimEnd();
  }

  #skip(count: number): void {
    this.#noise += count;
    this.#bytes = this.#bytes.subarray(count);
    if (this.#noise > MAX_NOISE) throw unreachable('it fills the channel with something else');
  }

  #parse(words: string[]): { id: number; status: number; out: number; err: number } {
    const numbers = words.map((word) => (/^\d{1,12}$/.test(word) ? Number(word) : NaN));
    const [id = NaN, status = NaN, out = NaN, err = NaN] = numbers;
    if (numbers.length !== 4 || numbers.some(Number.isNaN)) throw unreachable('its answer has no form');
    if (out + err > this.#limit) throw unreachable(`its answer has ${out + err} bytes`);
    return { id, status, out, err };
  }
}

/** Where the guest said nothing until its time was up: whether that is its fault depends on how fast the host was. */
export const silent = (reason: string): TwinproofError =>
  new TwinproofError('timeout', `no command runs in the guest: ${reason}`, {
    hint: 'see the console in the evidence',
  });

export const unreachable = (reason: string, cause?: unknown): TwinproofError =>
  new TwinproofError('guest-unreachable', `no command runs in the guest: ${reason}`, {
    hint: 'see the console in the evidence',
    ...(cause === undefined ? {} : { cause }),
  });
