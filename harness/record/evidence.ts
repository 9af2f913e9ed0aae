import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../engine/storage.ts';
import { TwinproofError } from '../errors.ts';
import type { Evidence } from './events.ts';
import { digestOfFile, sha256Hex } from '../model/digest.ts';
import { evidenceFault, evidenceFolder, evidencePath } from './read-evidence.ts';

/** Files behind verdicts, stored under their sha256: `evidence/sha256/<hex>` in a run's folder. */
export class EvidenceStore {
  readonly folder: string;

  constructor(runFolder: string) {
    this.folder = evidenceFolder(runFolder);
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

/**
 * Copies evidence from the first of these run folders that has it.
 * @throws TwinproofError record-invalid for what none of them has, or has with other bytes; storage
 */
export async function copyEvidence(
  from: readonly string[],
  to: string,
  evidence: readonly Pick<Evidence, 'digest' | 'name'>[],
): Promise<void> {
  await mkdir(evidenceFolder(to), { recursive: true });
  for (const [digest, name] of new Map(evidence.map((one) => [one.digest, one.name]))) {
    const path = await firstWith(from, digest);
    if (path === null) {
      throw new TwinproofError(
        'record-invalid',
        `the evidence ${name} (${digest}) is missing or has other bytes`,
        {
          where: from.join(', '),
          hint: 'give whole run folders, with their evidence',
        },
      );
    }
    await copyFile(path, evidencePath(to, digest)).catch((cause: unknown) => {
      throw storageError(`could not keep the evidence ${name}`, cause);
    });
  }
}

async function firstWith(folders: readonly string[], digest: string): Promise<string | null> {
  for (const folder of folders)
    if ((await evidenceFault(folder, digest)) === null) return evidencePath(folder, digest);
  return null;
}
