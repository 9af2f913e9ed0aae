import { readFile } from 'node:fs/promises';
import { ReadableStream } from 'node:stream/web';
import xz from 'xz-decompress';
import { TwinproofError } from '../../errors.ts';
import { TarReader } from '../../oci/tar-reader.ts';

const MAX_DATA = 64 * 1024 ** 2;
const AR_MAGIC = '!<arch>\n';
const AR_HEADER = 60;

/**
 * Content of one regular file of a small .deb (deb(5): an ar archive that holds data.tar.xz).
 * @throws TwinproofError input-mismatch when the package is not of that form or lacks the file
 */
export async function readDebFile(deb: string, path: string): Promise<Buffer> {
  const member = arMember(await readFile(deb), 'data.tar.xz');
  const parts: Buffer[] = [];
  let found = false;
  let inside = false;
  const handler = {
    entry: ({ name, type }: { name: string; type: string }): boolean => {
      inside = type === 'file' && name.replace(/^\.?\//, '') === path;
      found ||= inside;
      return inside;
    },
    data: (piece: Buffer): void => void parts.push(Buffer.from(piece)),
    entryEnd: (): void => undefined,
    trailer: (): void => undefined,
  };
  const tar = new TarReader(handler, 'data.tar', 0);
  for await (const chunk of unxz(member, MAX_DATA)) tar.push(Buffer.from(chunk));
  tar.end();
  // eslint does not see that the handler changes it.
  if (!(found as boolean)) throw new TwinproofError('input-mismatch', `the package has no ${path}`);
  return Buffer.concat(parts);
}

/** Decompressed bytes of an .xz file, at most `limit` of them. */
export async function* unxz(bytes: Uint8Array, limit: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let at = 0; at < bytes.length; at += 65536) controller.enqueue(bytes.subarray(at, at + 65536));
      controller.close();
    },
  });
  for await (const chunk of new xz.XzReadableStream(source) as unknown as AsyncIterable<Uint8Array>) {
    total += chunk.length;
    if (total > limit) throw new TwinproofError('input-mismatch', `unpacks to more than ${limit} bytes`);
    yield chunk;
  }
}

function arMember(archive: Buffer, wanted: string): Buffer {
  if (archive.toString('latin1', 0, AR_MAGIC.length) !== AR_MAGIC) throw notADeb('it is no ar archive');
  for (let at = AR_MAGIC.length; at + AR_HEADER <= archive.length;) {
    const header = archive.toString('latin1', at, at + AR_HEADER);
    const size = Number(header.slice(48, 58).trim());
    if (!header.endsWith('`\n') || !Number.isSafeInteger(size) || size < 0)
      throw notADeb('a header is broken');
    const start = at + AR_HEADER;
    if (header.slice(0, 16).trim().replace(/\/$/, '') === wanted)
      return archive.subarray(start, start + size);
    at = start + size + (size % 2);
  }
  throw notADeb(`it has no ${wanted}`);
}

function notADeb(why: string): TwinproofError {
  return new TwinproofError('input-mismatch', `not a .deb of the expected form: ${why}`);
}
