import { closeSync, openSync, writeSync } from 'node:fs';
import { storageError } from '../../engine/storage.ts';
import { layerJob, readLayer } from '../../oci/layers/layer.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import { archiveEnd } from '../../oci/tar/write.ts';
import { contentSize, entryHeaders, entryPadding } from '../../oci/tar/write-entry.ts';
import type { TarEntry, TarHandler } from '../../oci/tar/types.ts';
import type { OciImage, OciLayer } from '../../oci/types.ts';

/**
 * Writes a layer anew, as a plain tar that says what engines unpack and nothing else. Tools that put it on a disk read
 * more than engines do (libarchive the attributes in `LIBARCHIVE.xattr`, ostree the mode of a symbolic link, which no file
 * system keeps), and what they make of that is not the image that everybody else gets.
 * @throws TwinproofError `image-invalid`, `storage`
 */
export async function writePlainLayer(image: OciImage, layer: OciLayer, path: string): Promise<void> {
  const file = openSync(path, 'wx', 0o644);
  try {
    await readLayer(await layerJob(image, layer), new Rewriter(file), DEFAULT_LIMITS);
    write(file, archiveEnd());
  } finally {
    closeSync(file);
  }
}

/** Writes what it is told of. Content is only lent, so it is written before the next piece is read. */
class Rewriter implements TarHandler {
  readonly #file: number;
  #entry: TarEntry | null = null;

  constructor(file: number) {
    this.#file = file;
  }

  entry(entry: TarEntry): boolean {
    this.#entry = entry;
    write(this.#file, entryHeaders(entry));
    return contentSize(entry) > 0;
  }

  data(piece: Buffer): void {
    write(this.#file, piece);
  }

  entryEnd(): void {
    if (this.#entry !== null) write(this.#file, entryPadding(this.#entry));
  }

  trailer(): void {
    // Whatever follows the last entry is no part of it.
  }
}

function write(file: number, bytes: Buffer): void {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  } catch (cause) {
    throw storageError('a layer could not be written', cause);
  }
}
