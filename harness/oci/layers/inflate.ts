import { createGunzip, createZstdDecompress, constants } from 'node:zlib';
import { imageInvalid } from '../fault.ts';
import type { Pieces } from './pieces.ts';

/** Output pieces: small enough to stay in the processor's cache while they are hashed. */
const CHUNK = 128 * 1024;

export type Kind = 'gzip' | 'zstd';

function decompressor(kind: Kind) {
  return kind === 'gzip'
    ? createGunzip({ chunkSize: CHUNK })
    : // Windows above 128 MiB are refused: they are what memory is needed for.
      createZstdDecompress({ chunkSize: CHUNK, params: { [constants.ZSTD_d_windowLogMax]: 27 } });
}

type Decompressor = ReturnType<typeof decompressor>;

/** What lies below Node's streams of `node:zlib`; not documented, so its shape is checked before it is used. */
interface Native {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLeft: number,
    ...output: [output: Uint8Array, outputAt: number, outputLeft: number]
  ): void;
  onerror: (message: string) => void;
}

function nativeOf(stream: Decompressor): { native: Native; state: Uint32Array } | null {
  const { _handle: native, _writeState: state } = stream as { _handle?: Native; _writeState?: Uint32Array };
  return typeof native?.writeSync === 'function' && state instanceof Uint32Array && state.length >= 2
    ? { native, state }
    : null;
}

const FINISH = { gzip: constants.Z_FINISH, zstd: constants.ZSTD_e_end };
const CONTINUE = { gzip: constants.Z_NO_FLUSH, zstd: constants.ZSTD_e_continue };
const NOTHING = Buffer.alloc(0);

/**
 * Uncompressed bytes of one compressed stream; what follows it stays in `pieces`. Output pieces are only valid until
 * the next one is asked for.
 *
 * Node's own streams hand every piece to another thread and into new memory, which costs a quarter more time and
 * several times the memory; here one thread inflates into one buffer.
 * @param streams takes Node's streams instead; also where the native part is not as expected
 * @throws TwinproofError image-invalid
 */
export async function* expand(
  pieces: Pieces,
  kind: Kind,
  where: string,
  streams = false,
): AsyncGenerator<Buffer> {
  const stream = decompressor(kind);
  const native = streams ? null : nativeOf(stream);
  if (native === null) {
    yield* expandStream(pieces, stream, kind, where);
    return;
  }
  try {
    yield* expandSync(pieces, native, kind, where);
  } finally {
    stream.destroy();
  }
}

async function* expandSync(
  pieces: Pieces,
  { native, state }: { native: Native; state: Uint32Array },
  kind: Kind,
  where: string,
): AsyncGenerator<Buffer> {
  const output = Buffer.allocUnsafeSlow(CHUNK);
  const faults: string[] = [];
  native.onerror = (message) => faults.push(message);
  for (;;) {
    const piece = await pieces.next();
    const input = piece ?? NOTHING;
    for (let left = input.length; ;) {
      native.writeSync(
        piece === null ? FINISH[kind] : CONTINUE[kind],
        input,
        input.length - left,
        left,
        output,
        0,
        CHUNK,
      );
      if (faults[0] !== undefined) throw imageInvalid(`broken ${kind} data: ${faults[0]}`, where);
      const [room = 0, unread = 0] = state;
      left = unread;
      if (room < CHUNK) yield output.subarray(0, CHUNK - room);
      if (room === 0) continue;
      if (left > 0) {
        // It wanted no more although there was room: the stream has ended.
        pieces.unread(input.subarray(input.length - left));
        return;
      }
      break;
    }
    if (piece === null) return;
  }
}

/**
 * Feeds one stream by hand instead of by `pipe`: only one piece of the source is in use at a time, and what the
 * decompressor did not take goes back.
 */
async function feed(pieces: Pieces, output: Decompressor, ended: Promise<void>): Promise<void> {
  for (;;) {
    const piece = await pieces.next();
    if (piece === null) break;
    const before = output.bytesWritten;
    // What follows the end of the compressed data is never taken, and its callback never called.
    await Promise.race([new Promise<void>((resolve) => output.write(piece, () => resolve())), ended]);
    const taken = output.bytesWritten - before;
    if (taken < piece.length) {
      pieces.unread(piece.subarray(taken));
      return;
    }
  }
  output.end();
}

async function* expandStream(
  pieces: Pieces,
  output: Decompressor,
  kind: Kind,
  where: string,
): AsyncGenerator<Buffer> {
  const ended = new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) output.once(event, () => resolve());
  });
  // A failing source (a wrong digest, say) must be distinguished from failing decompression.
  let fault: unknown;
  const feeding = feed(pieces, output, ended).catch((error: unknown) => {
    fault = error;
    output.destroy(error instanceof Error ? error : new Error('reading failed'));
  });
  try {
    for await (const piece of output) yield piece as Buffer;
    await feeding;
  } catch (error) {
    if (fault !== undefined) throw fault instanceof Error ? fault : error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!(error instanceof Error) || !/^(Z_|ZSTD_|ERR_)/.test(code)) throw error;
    throw imageInvalid(`broken ${kind} data: ${error.message}`, where);
  } finally {
    output.destroy();
    await feeding;
  }
}
