import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { sha256Hex } from '../model/digest.ts';
import type { Redirect } from '../net/redirect.ts';

export const REDIRECTS_FOLDER = 'redirects';

const FORMAT = z.array(z.strictObject({ url: z.string(), status: z.int(), location: z.string() })).max(20);

const fileOf = (cache: string, url: string): string =>
  join(cache, REDIRECTS_FOLDER, `${sha256Hex(url)}.json`);

/**
 * Keeps by which way the origin gave a file, so that a build which asks for it is sent the same way. A note and no more:
 * where it cannot be written, the file is there all the same.
 */
export async function rememberRedirects(cache: string, url: string, way: readonly Redirect[]): Promise<void> {
  const file = fileOf(cache, url);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(way));
  } catch {
    // The build gets the file without a detour then.
  }
}

/** By which way a file was got; empty where it was got at once, or nothing is known. */
export async function knownRedirects(cache: string, url: string): Promise<Redirect[]> {
  try {
    return FORMAT.parse(JSON.parse(await readFile(fileOf(cache, url), 'utf8')));
  } catch {
    return [];
  }
}
