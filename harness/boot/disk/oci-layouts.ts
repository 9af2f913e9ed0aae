import { createWriteStream } from 'node:fs';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { storageError } from '../../engine/storage.ts';
import { TwinproofError } from '../../errors.ts';
import { parseDigest } from '../../oci/digest.ts';
import type { Descriptor, OciImage } from '../../oci/types.ts';
import { handOver, runConfined } from '../machine/confined.ts';

/** Names in the folder of the caller. */
const LAYOUTS = 'layouts';
const DISK = 'update.raw';
/** MiB; what is empty is a hole. */
const SIZE = 8192;
/** Milliseconds. */
const LIMIT = 900_000;

/**
 * Makes a disk that holds an OCI layout of each release, for tools that take images from such a folder, and beside each the file
 * `NAME.blobs`: a line `config HEX` or `layer HEX` for each of its blobs, in order.
 * @param folder belongs to the user that confined programs run as
 * @returns path of the disk
 * @throws TwinproofError `image-invalid`, `storage`
 */
export async function makeLayoutsDisk(
  releases: ReadonlyMap<string, OciImage>,
  folder: string,
): Promise<string> {
  const root = join(folder, LAYOUTS);
  for (const [name, image] of releases) await writeLayout(image, root, name);
  await writeFile(join(folder, DISK), '', { flag: 'wx' });
  await handOver(join(folder, DISK));
  const options = ['-q', '-F', '-t', 'ext4', '-b', '4096', '-E', 'root_owner=0:0', '-d', LAYOUTS];
  await runConfined(['mke2fs', ...options, DISK, `${SIZE}M`], { cwd: folder, timeout: LIMIT });
  return join(folder, DISK);
}

async function writeLayout(image: OciImage, root: string, name: string): Promise<void> {
  const { manifest, config, layers } = image;
  const layout = join(root, name);
  const { mediaType, digest, bytes } = manifest;
  for (const document of [manifest, config])
    await write(blobPath(layout, document.digest), async (path) => writeFile(path, document.bytes));
  for (const { descriptor } of layers) await writeLayer(image, descriptor, layout);
  const index = { schemaVersion: 2, manifests: [{ mediaType, digest, size: bytes.length }] };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const blobs = [`config ${hexOf(config)}`, ...layers.map(({ descriptor }) => `layer ${hexOf(descriptor)}`)];
  await writeFile(join(root, `${name}.blobs`), `${blobs.join('\n')}\n`);
}

/** An image may have a layer twice. */
async function writeLayer(image: OciImage, descriptor: Descriptor, layout: string): Promise<void> {
  const path = blobPath(layout, descriptor.digest);
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (there) return;
  await write(path, async () =>
    pipeline(image.readBlob(descriptor), createWriteStream(path, { flags: 'wx' })),
  );
}

async function write(path: string, how: (path: string) => Promise<void>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await how(path);
  } catch (cause) {
    throw cause instanceof TwinproofError ? cause : storageError('a release could not be written', cause);
  }
}

const hexOf = ({ digest }: { digest: string }): string => parseDigest(digest, 'blob').hex;

function blobPath(layout: string, digest: string): string {
  const { algorithm, hex } = parseDigest(digest, 'blob');
  return join(layout, 'blobs', algorithm, hex);
}
