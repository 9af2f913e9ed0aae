import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../engine/storage.ts';
import type { Evidence } from './events.ts';
import { digestOfFile, sha256Hex } from '../model/digest.ts';

/** Files behind verdicts, stored under their sha256: `evidence/sha256/<hex>` in a run's folder. */
export class EvidenceStore {
  readonly folder: string;

  constructor(runFolder: string) {
    this.folder = join(runFolder, 'evidence', 'sha256');
  }

  async addFile(name: string, path: string, mediaType: string): Promise<Evidence> {
    const hex = (await digestOfFile(path)).replace('sha256:', '');
    const { size } = await stat(path);
    return this.#place(name, { hex, size, mediaType }, (temporary) => copyFile(path, temporary));
  }

  async addText(name: string, text: string, mediaType: string): Promise<Evidence> {
    return this.addBytes(name, Buffer.from(text), mediaType);
  }

  async addBytes(name: string, bytes: Uint8Array, mediaType: string): Promise<Evidence> {
    const hex = sha256Hex(bytes);
    return this.#place(name, { hex, size: bytes.length, mediaType }, (temporary) =>
      writeFile(temporary, bytes),
    );
  }

  async #place(
    name: string,
    { hex, size, mediaType }: { hex: string; size: number; mediaType: string },
    write: (temporary: string) => Promise<void>,
  ): Promise<Evidence> {
    const temporary = join(this.folder, `.${hex}.${randomBytes(4).toString('hex')}`);
    try {
      await mkdir(this.folder, { recursive: true });
      await write(temporary);
      await rename(temporary, join(this.folder, hex));
    } catch (cause) {
      throw storageError(`could not keep the evidence ${name}`, cause);
    } finally {
      await rm(temporary, { force: true });
    }
    return { name, digest: `sha256:${hex}`, size, mediaType };
  }
}
