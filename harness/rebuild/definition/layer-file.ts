import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { TAR_END, type TarHeader, padding, tarHeader } from './tar-writer.ts';

/**
 * Writes one layer to a file and hashes it on the way. Folders come once: the first package to bring one decides
 * its owner and mode.
 */
export class LayerFile {
  readonly #descriptor: number;
  readonly #hash = createHash('sha256');
  readonly #folders = new Set<string>();
  #open = 0;
  size = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx', 0o600);
  }

  /** Begins an entry; `header.size` bytes must follow through `write`. @returns false for a folder that is there already */
  begin(header: TarHeader): boolean {
    const key = header.name.replace(/\/$/, '');
    if (header.type === 'dir') {
      if (this.#folders.has(key)) return false;
      this.#folders.add(key);
    }
    this.#put(tarHeader(header));
    this.#open = header.size;
    return true;
  }

  write(bytes: Buffer): void {
    this.#put(bytes);
  }

  end(): void {
    this.#put(padding(this.#open));
    this.#open = 0;
  }

  addFile(header: Omit<TarHeader, 'type' | 'size' | 'linkname'>, content: Buffer): void {
    this.begin({ ...header, type: 'file', size: content.length, linkname: '' });
    this.write(content);
    this.end();
  }

  /** @returns digest of the layer, `sha256:<hex>` */
  finish(): string {
    this.#put(TAR_END);
    closeSync(this.#descriptor);
    return `sha256:${this.#hash.digest('hex')}`;
  }

  #put(bytes: Buffer): void {
    if (bytes.length === 0) return;
    writeSync(this.#descriptor, bytes);
    this.#hash.update(bytes);
    this.size += bytes.length;
  }
}
