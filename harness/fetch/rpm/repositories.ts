import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { createMessage, readKeys, readSignature, verify } from 'openpgp';
import type { PublicKey } from 'openpgp';
import { cacheFolder } from '../../engine/folders.ts';
import { TwinproofError } from '../../errors.ts';
import { quote } from '../../lock/quote.ts';
import { Connections } from '../../net/connections.ts';
import { type Patience, PATIENCE } from '../../net/patience.ts';
import { fetchText } from '../fetch-text.ts';
import { prefetch } from '../prefetch.ts';
import { validKeys } from '../signing-keys.ts';
import { atArch } from './repo.ts';
import { parseRepofile } from './repofile.ts';
import { parseRepomd } from './repomd.ts';
import type { FetchedRepository, RpmInput, RpmRepo } from './types.ts';

export interface RepositoriesOptions {
  cache?: string;
  signal?: AbortSignal;
  patience?: Patience;
  onStep?: (step: string) => void;
}

const MAX_TEXT = 4 * 1024 ** 2;
const MAX_METADATA = 1024 ** 3;
/** What dnf resolves with. Everything else in a repository tells of packages and is for people. */
const NEEDED = ['primary', 'filelists', 'group', 'group_gz', 'group_xz', 'group_zst', 'modules'];

/**
 * The repositories that locks are resolved against, each read once however many locks there are, so that all locks of
 * one run see the same state. Close it: it holds connections.
 */
export class RpmRepositories implements AsyncDisposable {
  readonly #cache: string;
  readonly #patience: Patience;
  readonly #signal: AbortSignal | undefined;
  readonly #onStep: (step: string) => void;
  readonly #connections: Connections;
  readonly #fetched = new Map<string, Promise<FetchedRepository>>();

  constructor({ cache = cacheFolder(), signal, patience = PATIENCE, onStep }: RepositoriesOptions) {
    this.#cache = cache;
    this.#patience = patience;
    this.#signal = signal;
    this.#onStep = onStep ?? (() => undefined);
    this.#connections = new Connections({ patience });
  }

  /** All repositories of an input: its own, then those of its .repo files, in order. */
  async reposOf(input: RpmInput): Promise<RpmRepo[]> {
    const repos = input.repos.map((repo) => withKeys(repo, input.path));
    for (const { location, where } of input.repofiles) {
      const { text, path } = await this.#repofile(location, input.path, where);
      repos.push(...parseRepofile(text, path).map((repo) => withKeys(repo, path)));
    }
    const seen = new Set<string>();
    for (const { repoid, where } of repos) {
      if (seen.has(repoid))
        throw new TwinproofError('lock-invalid', `the repoid ${quote(repoid)} is given twice`, { where });
      seen.add(repoid);
    }
    return repos;
  }

  /**
   * Metadata of one repository for one architecture: signature, sizes and checksums are checked.
   * @throws TwinproofError input-mismatch, input-unavailable, lock-invalid, storage, interrupted
   */
  fetch(repo: RpmRepo, arch: string): Promise<FetchedRepository> {
    const key = JSON.stringify([repo, atArch(repo.baseurl, arch), atArch(repo.repoid, arch)]);
    const known = this.#fetched.get(key) ?? this.#read(repo, arch);
    this.#fetched.set(key, known);
    return known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections.close();
  }

  async #read(repo: RpmRepo, arch: string): Promise<FetchedRepository> {
    const repoid = atArch(repo.repoid, arch);
    const baseurl = atArch(repo.baseurl, arch);
    this.#onStep(`${repoid}: repomd.xml`);
    const url = `${baseurl}repodata/repomd.xml`;
    const { text } = await this.#text(url);
    if (repo.signed) await this.#checkSignature(repo, url, text);
    const files = parseRepomd(text, url)
      .filter(({ type }) => NEEDED.includes(type))
      .map(({ type, href, checksum, size }) => ({
        type,
        file: { url: baseurl + href, repoid, size, checksum },
      }));
    const fault = (message: string): TwinproofError =>
      new TwinproofError('input-mismatch', message, { where: url });
    if (!files.some(({ type }) => type === 'primary'))
      throw fault('this repomd.xml names no primary metadata');
    if (new Set(files.map(({ type }) => type)).size < files.length)
      throw fault('this repomd.xml names a type twice');
    if (files.reduce((sum, { file }) => sum + file.size, 0) > MAX_METADATA)
      throw fault(`more than ${MAX_METADATA} bytes of metadata`);
    this.#onStep(`${repoid}: ${files.map(({ type }) => type).join(', ')}`);
    const paths = await prefetch(
      files.map(({ file }) => file),
      { origins: [], cache: this.#cache, patience: this.#patience, ...this.#stop() },
    );
    const metadata = files.map(({ type, file }) => ({ type, file, path: paths.get(file.url) ?? '' }));
    return { repoid, baseurl, options: repo.options, metadata };
  }

  /** repomd.xml.asc is a detached signature over the bytes of repomd.xml. */
  async #checkSignature({ keys, where }: RpmRepo, url: string, text: string): Promise<void> {
    if (keys.length === 0) {
      throw new TwinproofError('lock-invalid', 'repo_gpgcheck without gpgkey', {
        where,
        hint: 'name the key',
      });
    }
    const verificationKeys: PublicKey[] = [];
    for (const key of keys) verificationKeys.push(...(await this.#key(key, where)));
    const { text: armoredSignature } = await this.#text(`${url}.asc`);
    try {
      const signature = await readSignature({ armoredSignature });
      const message = await createMessage({ binary: Buffer.from(text) });
      const keysNow = await validKeys(verificationKeys, new Date());
      const { signatures } = await verify({ message, signature, verificationKeys: keysNow });
      await Promise.any(signatures.map(({ verified }) => verified));
    } catch (cause) {
      throw new TwinproofError('input-mismatch', 'no valid signature by a key of gpgkey', {
        where: url,
        hint: 'name the right key; otherwise somebody has changed what the repository sends',
        cause,
      });
    }
  }

  async #key(key: string, where: string): Promise<PublicKey[]> {
    const text = /^https?:/.test(key) ? (await this.#text(key)).text : await readSmall(key, where);
    try {
      return (await readKeys({ armoredKeys: text })).map((read) => read.toPublic());
    } catch (cause) {
      throw new TwinproofError('lock-invalid', `${quote(key)} holds no readable keys`, { where, cause });
    }
  }

  async #repofile(location: string, input: string, where: string): Promise<{ text: string; path: string }> {
    if (/^https?:/.test(location)) return { text: (await this.#text(location)).text, path: location };
    const path = resolve(dirname(input), location);
    return { text: await readSmall(path, where), path };
  }

  #text(url: string): Promise<{ text: string; url: string }> {
    const options = { connections: this.#connections, patience: this.#patience, limit: MAX_TEXT };
    return fetchText([url], { ...options, ...this.#stop() });
  }

  #stop(): { signal?: AbortSignal } {
    return this.#signal === undefined ? {} : { signal: this.#signal };
  }
}

/** Keys that are paths lie beside the file that names them. */
function withKeys(repo: RpmRepo, path: string): RpmRepo {
  if (!repo.signed) return { ...repo, keys: [] };
  const keys = repo.keys.map((key) => {
    if (/^https?:\/\//.test(key)) return key;
    if (isAbsolute(key) || key.includes(':') || /^https?:/.test(path)) {
      throw new TwinproofError(
        'lock-invalid',
        `the key ${quote(key)} is neither at http(s) nor a relative path`,
        {
          where: repo.where,
        },
      );
    }
    return resolve(dirname(path), key);
  });
  return { ...repo, keys };
}

async function readSmall(path: string, where: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_TEXT) throw new Error('too large');
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'it is too large';
    throw new TwinproofError('lock-invalid', `${quote(path)} cannot be read: ${code}`, { where, cause });
  }
}
