import { readFile } from 'node:fs/promises';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { TwinproofError } from '../../errors.ts';
import { TarReader } from '../../oci/tar/reader.ts';
import { unxz } from '../../oci/unxz.ts';

const MAX_TAR = 2 * 1024 ** 3;
const AR_MAGIC = '!<arch>\n';
const AR_HEADER = 60;

/** The two archives in a Debian package (deb(5)), as uncompressed tar. */
export interface DebContents {
  control: AsyncIterable<Buffer>;
  data: AsyncIterable<Buffer>;
}

/** @throws TwinproofError `input-mismatch` when the file is no Debian package */
export async function openDeb(path: string): Promise<DebContents> {
  const members = arMembers(await readFile(path), path);
  const open = (stem: string): AsyncIterable<Buffer> => {
    const found = members.find(({ name }) => name === stem || name.startsWith(`${stem}.`));
    if (found === undefined) throw notADeb(path, `it has no ${stem}`);
    return expand(found, path);
  };
  return { control: open('control.tar'), data: open('data.tar') };
}

/**
 * Content of one regular file of a .deb.
 * @throws TwinproofError `input-mismatch` when the file is no Debian package or lacks the path
 */
export async function readDebFile(deb: string, path: string): Promise<Buffer> {
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
  for await (const chunk of (await openDeb(deb)).data) tar.push(chunk);
  tar.end();
  // eslint does not see that the handler changes it.
  if (!(found as boolean)) throw notADeb(deb, `it has no ${path}`);
  return Buffer.concat(parts);
}

interface ArMember {
  name: string;
  bytes: Buffer;
}

/** Common ar format: magic, then 60-byte headers with name (16), …, size (10) at 48, and data padded to even length. */
function arMembers(bytes: Buffer, path: string): ArMember[] {
  if (bytes.toString('latin1', 0, AR_MAGIC.length) !== AR_MAGIC) throw notADeb(path, 'it is no ar archive');
  const members: ArMember[] = [];
  for (let at = AR_MAGIC.length; at + AR_HEADER <= bytes.length;) {
    const header = bytes.toString('latin1', at, at + AR_HEADER);
    const size = Number(header.slice(48, 58).trim());
    const start = at + AR_HEADER;
    const whole = Number.isSafeInteger(size) && size >= 0 && start + size <= bytes.length;
    if (!header.endsWith('`\n') || !whole) throw notADeb(path, 'a header is broken or its member cut off');
    const name = header.slice(0, 16).trim().replace(/\/$/, '');
    members.push({ name, bytes: bytes.subarray(start, start + size) });
    at = start + size + (size % 2);
  }
  return members;
}

async function* expand({ name, bytes }: ArMember, path: string): AsyncIterable<Buffer> {
  switch (name.split('.').at(-1)) {
    case 'tar':
      yield bytes;
      return;
    case 'gz':
      yield gunzipSync(bytes, { maxOutputLength: MAX_TAR });
      return;
    case 'zst':
      yield zstdDecompressSync(bytes, { maxOutputLength: MAX_TAR });
      return;
    case 'xz':
      yield* unxz(bytes, MAX_TAR, () => notADeb(path, `${name} unpacks to too much`));
      return;
    default:
      throw notADeb(path, `${name} is compressed in an unknown way`);
  }
}

const notADeb = (path: string, why: string): TwinproofError =>
  new TwinproofError('input-mismatch', `not a .deb of the expected form: ${why}`, {
    where: path,
    hint: 'refresh the lock with `npx twinproof lock`',
  });
