import { join } from 'node:path';
import { execa } from 'execa';
import { TwinproofError } from '../../errors.ts';
import { escapeText } from '../escape.ts';
import { withScratch } from '../scratch.ts';
import type { OciImage } from '../types.ts';
import { openDir } from './dir.ts';
import type { Wanted } from './walk.ts';

/** Programs that read this storage, each with the words that export from it; dir: keeps manifest and config as they are. */
const EXPORTERS: [command: string, words: (source: string, target: string) => string[]][] = [
  ['skopeo', (source, target) => ['copy', '--insecure-policy', '--quiet', source, target]],
  ['podman', (source, target) => ['push', '--quiet', source, target]],
  ['buildah', (source, target) => ['push', '--quiet', source, target]],
];

/** Milliseconds for the export of one image. */
const PATIENCE = 3_600_000;

interface Failure {
  command: string;
  /** Null when the program is not there. */
  message: string | null;
}

/** @returns null when it worked */
async function exported(command: string, words: string[]): Promise<Failure | null> {
  const result = await execa(command, words, {
    reject: false,
    stdin: 'ignore',
    timeout: PATIENCE,
    maxBuffer: 1_000_000,
    forceKillAfterDelay: 5000,
  });
  if (!result.failed) return null;
  if (result.code === 'ENOENT') return { command, message: null };
  // The last line says what is wrong; times and levels before it say nothing.
  const line = result.stderr.trim().split('\n').at(-1) ?? '';
  const reported = /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;
  return { command, message: escapeText((reported === '' ? 'failed' : reported).slice(0, 300)) };
}

function failure(failures: Failure[], wanted: Wanted): TwinproofError {
  const where = escapeText(wanted.reference);
  const reported = failures.find(({ message }) => message !== null);
  if (reported === undefined) {
    return new TwinproofError('unsupported', 'containers-storage is read through skopeo, podman or buildah', {
      where,
      hint: 'install one of them',
    });
  }
  const message = reported.message ?? '';
  const gone = /not resolve|not known|no such|not found|does not exist/i.test(message);
  return new TwinproofError(gone ? 'input-unavailable' : 'unsupported', `${reported.command}: ${message}`, {
    where,
    hint: 'see `podman images` of the user whose storage it is',
  });
}

/**
 * Opens an image of the storage that podman, buildah and CRI-O share, exported with layers uncompressed. Storage does
 * not keep layers as they were pulled, so their compression, and with it the manifest digest, cannot be distinguished from it.
 * @param name `NAME`, or `[DRIVER@ROOT+RUNROOT]NAME`
 * @throws TwinproofError unsupported where none of the programs can read it, input-unavailable, image-invalid, storage
 */
export async function openStorage(name: string, wanted: Wanted): Promise<OciImage> {
  return withScratch('storage', async (scratch) => {
    const failures: Failure[] = [];
    for (const [command, words] of EXPORTERS) {
      const target = join(scratch.path, command);
      const failed = await exported(command, words(`containers-storage:${name}`, `dir:${target}`));
      if (failed === null) return openDir(target, wanted, () => scratch.close());
      failures.push(failed);
    }
    throw failure(failures, wanted);
  });
}
