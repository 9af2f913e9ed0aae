import { cacheFolder } from '../../engine/folders.ts';
import { Connections } from '../../net/connections.ts';
import { type Patience, PATIENCE } from '../../net/patience.ts';
import { fetchIndex, fetchRelease } from './archive.ts';
import type { ArchiveOptions } from './archive.ts';
import type { DebRepo } from './input.ts';
import { PackageIndex } from './package-index.ts';
import type { Release } from './release.ts';

export interface ArchivesOptions {
  cache?: string;
  signal?: AbortSignal;
  patience?: Patience;
  now?: Date;
  onStep?: (step: string) => void;
}

/**
 * The archives that locks are resolved against, each read once however many locks there are, so that all locks of one
 * run see the same state. Close it: it holds connections.
 */
export class DebArchives implements AsyncDisposable {
  readonly #options: ArchiveOptions;
  readonly #connections: Connections;
  readonly #onStep: (step: string) => void;
  readonly #releases = new Map<string, Promise<Release>>();
  readonly #indexes = new Map<string, Promise<PackageIndex>>();

  constructor({
    cache = cacheFolder(),
    signal,
    patience = PATIENCE,
    now = new Date(),
    onStep,
  }: ArchivesOptions) {
    this.#connections = new Connections({ patience });
    this.#options = { cache, patience, now, signal, connections: this.#connections };
    this.#onStep = onStep ?? (() => undefined);
  }

  /** Signed Release of each repository. */
  async releases(repos: DebRepo[]): Promise<Map<DebRepo, Release>> {
    const releases = new Map<DebRepo, Release>();
    for (const repo of repos) releases.set(repo, await this.#release(repo));
    return releases;
  }

  /** Packages of all repositories for one architecture; pins made in it stay in it. */
  async index(repos: DebRepo[], arch: string): Promise<PackageIndex> {
    const key = JSON.stringify([repos, arch]);
    const index = this.#indexes.get(key) ?? this.#readIndex(repos, arch);
    this.#indexes.set(key, index);
    return new PackageIndex(await index);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections.close();
  }

  #release(repo: DebRepo): Promise<Release> {
    const key = JSON.stringify(repo);
    const known = this.#releases.get(key);
    if (known !== undefined) return known;
    this.#onStep(`${repo.suite}: Release`);
    const release = fetchRelease(repo, this.#options);
    this.#releases.set(key, release);
    return release;
  }

  async #readIndex(repos: DebRepo[], arch: string): Promise<PackageIndex> {
    const index = new PackageIndex();
    for (const [repo, release] of await this.releases(repos)) {
      this.#onStep(`${repo.suite}: packages for ${arch}`);
      for (const component of repo.components) {
        const text = await fetchIndex(repo, release, { component, arch }, this.#options);
        index.add(text, repo, `${repo.baseurl}dists/${repo.suite}/${component}/binary-${arch}/Packages`);
      }
    }
    index.finish();
    return index;
  }
}
