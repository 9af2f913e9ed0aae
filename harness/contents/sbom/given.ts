import { readFile, stat } from 'node:fs/promises';
import { TwinproofError } from '../../errors.ts';
import { readSbom } from './read.ts';
import type { Sbom } from './types.ts';

const MAX_SBOM_BYTES = 256 * 1024 * 1024;

/**
 * The SBOM in a file.
 * @throws TwinproofError `record-invalid` for one that is none, `usage` for a file that cannot be read
 */
export async function readSbomFile(path: string): Promise<Sbom> {
  try {
    const about = await stat(path);
    if (!about.isFile()) throw new TwinproofError('usage', 'it is no file', { where: path });
    if (about.size > MAX_SBOM_BYTES)
      throw new TwinproofError('record-invalid', 'an SBOM of more than 256 MiB is not read', { where: path });
    return readSbom(await readFile(path), path);
  } catch (cause) {
    if (cause instanceof TwinproofError) throw cause;
    throw new TwinproofError('usage', 'it cannot be read', { where: path, cause });
  }
}
