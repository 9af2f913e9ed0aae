import { createReadStream } from 'node:fs';

/** Bytes of the longest line that a log may hold: the header of a catalog of 10,000 subjects names 170,000 cells twice. */
const MAX_LINE = 64 * 1024 ** 2;

/** A line that is too long to be one of ours. */
export class LineTooLong extends Error {}

/**
 * Lines of a file without their line feeds; what follows the last one is a line when it is not empty. Bytes that are
 * not UTF-8 are an error of the decoder. Holds one line in memory, and never one longer than the limit.
 */
export async function* readLines(path: string, limit = MAX_LINE): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let held = 0;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const take = (): string => {
    const line = decoder.decode(Buffer.concat(parts));
    parts = [];
    held = 0;
    return line;
  };
  const hold = (part: Buffer): void => {
    held += part.length;
    if (held > limit) throw new LineTooLong(`a line of more than ${limit} bytes`);
    parts.push(part);
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let feed = chunk.indexOf(10); feed >= 0; feed = chunk.indexOf(10, from)) {
      hold(chunk.subarray(from, feed));
      yield take();
      from = feed + 1;
    }
    hold(chunk.subarray(from));
  }
  if (held > 0) yield take();
}
