import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { PublicKey } from 'openpgp';
import type { Origin } from '../../catalog/types.ts';
import { TwinproofError } from '../../errors.ts';
import { unxz } from '../../oci/unxz.ts';
import type { PinnedFile } from '../../lock/types.ts';
import type { Connections } from '../../net/connections.ts';
import type { Patience } from '../../net/patience.ts';
import { fetchText } from '../fetch-text.ts';
import { prefetch } from '../prefetch.ts';
import type { PrefetchOptions } from '../prefetch.ts';
import type { DebRepo } from './input.ts';
import { readKeyring } from './keyring.ts';
import { readRelease } from './release.ts';
import type { Release } from './release.ts';
import { snapshotOf } from './snapshot.ts';
import { sha256Hex } from '../../model/digest.ts';

export interface ArchiveOptions {
  cache: string;
  connections: Connections;
  patience: Patience;
  now: Date;
  signal?: AbortSignal | undefined;
}

const MAX_RELEASE = 8 * 1024 ** 2;
const MAX_INDEX = 512 * 1024 ** 2;
const MAX_PACKED = 128 * 1024 ** 2;

/** InRelease of a suite, signed by a key of the repository's keyring. */
export async function fetchRelease(repo: DebRepo, options: ArchiveOptions): Promise<Release> {
  const keys = await fetchKeys(repo, options);
  const urls = [repo.baseurl, ...repo.mirrors].map((base) => `${base}dists/${repo.suite}/InRelease`);
  const { text, url } = await fetchText(urls, { ...options, limit: MAX_RELEASE });
  const { suite, checkValidUntil } = repo;
  return readRelease(text, keys, { where: url, suite, now: options.now, checkValidUntil });
}

async function fetchKeys(repo: DebRepo, options: ArchiveOptions): Promise<PublicKey[]> {
  const { keyring } = repo;
  // The archive drops a keyring package when there is a new one, and the snapshot of any later day has it still.
  const mirrors = snapshotOf(repo.baseurl, options.now);
  const origins = [{ url: repo.baseurl, mirrors: [...repo.mirrors, ...mirrors] }];
  const paths = await prefetch([keyring], prefetchOptions(options, origins));
  return readKeyring(paths.get(keyring.url) ?? '');
}

/**
 * Text of the Packages index of one component, by the checksum in the signed Release.
 * @param release of the suite; a suite without the architecture is an error, one without the component, too
 */
export async function fetchIndex(
  repo: DebRepo,
  release: Release,
  place: { component: string; arch: string },
  options: ArchiveOptions,
): Promise<string> {
  const folder = `${place.component}/binary-${place.arch}`;
  const packed = ['.xz', '.gz', ''].find((ending) => release.files.has(`${folder}/Packages${ending}`));
  const entry = release.files.get(`${folder}/Packages${packed ?? ''}`);
  if (packed === undefined || entry === undefined) {
    throw new TwinproofError('lock-invalid', `the suite ${repo.suite} has no ${folder}`, {
      hint: 'check components and arches of the input file',
    });
  }
  const base = `${repo.baseurl}dists/${repo.suite}/${folder}/`;
  const file = {
    url: base + (release.byHash ? `by-hash/SHA256/${entry.sha256}` : `Packages${packed}`),
    repoid: repo.repoid,
    size: entry.size,
    checksum: `sha256:${entry.sha256}`,
  };
  const bytes = await fetchIndexFile(repo, file, options);
  const text = await unpack(bytes, packed, base);
  const plain = release.files.get(`${folder}/Packages`);
  if (plain !== undefined && sha256Hex(text) !== plain.sha256) {
    throw new TwinproofError('input-mismatch', 'unpacks to other bytes than Release says', { where: base });
  }
  return text.toString('utf8');
}

async function fetchIndexFile(repo: DebRepo, file: PinnedFile, options: ArchiveOptions): Promise<Buffer> {
  if (file.size === 0) return Buffer.alloc(0);
  if (file.size > MAX_PACKED) {
    throw new TwinproofError('input-mismatch', `an index of ${file.size} bytes`, { where: file.url });
  }
  const origins = [{ url: repo.baseurl, mirrors: repo.mirrors }];
  const paths = await prefetch([file], prefetchOptions(options, origins));
  return readFile(paths.get(file.url) ?? '');
}

const tooLong = (): Error => new Error(`unpacks to more than ${MAX_INDEX} bytes`);

async function unpack(bytes: Buffer, ending: string, where: string): Promise<Buffer> {
  if (ending === '') return bytes;
  try {
    if (ending === '.gz') return gunzipSync(bytes, { maxOutputLength: MAX_INDEX });
    const parts: Uint8Array[] = [];
    for await (const chunk of unxz(bytes, MAX_INDEX, tooLong)) parts.push(chunk);
    return Buffer.concat(parts);
  } catch (cause) {
    if (cause instanceof TwinproofError) throw cause;
    throw new TwinproofError('input-mismatch', 'cannot be unpacked', { where, cause });
  }
}

function prefetchOptions(options: ArchiveOptions, origins: Origin[]): PrefetchOptions {
  const { cache, patience, signal } = options;
  return { origins, cache, patience, ...(signal === undefined ? {} : { signal }) };
}
