import { TarReader } from '../../../oci/tar/reader.ts';
import type { TarEntry } from '../../../oci/tar/types.ts';

/** Reads archives for tests. */

export interface Read {
  entries: (TarEntry & { content: string })[];
  trailer: number;
}

export function read(archive: Buffer, piece = archive.length): Read {
  const result: Read = { entries: [], trailer: 0 };
  const reader = new TarReader(
    {
      entry: (entry) => {
        result.trailer = 0;
        result.entries.push({ ...entry, content: '' });
        return true;
      },
      data: (bytes) => {
        const last = result.entries.at(-1);
        if (last !== undefined) last.content += bytes.toString('latin1');
      },
      entryEnd: () => undefined,
      trailer: (bytes) => (result.trailer += bytes.length),
    },
    'test.tar',
    1_000_000,
  );
  for (let at = 0; at < archive.length; at += piece) reader.push(archive.subarray(at, at + piece));
  reader.end();
  return result;
}

export const first = (archive: Buffer): Read['entries'][number] => {
  const [entry] = read(archive).entries;
  if (entry === undefined) throw new Error('no entry');
  return entry;
};
