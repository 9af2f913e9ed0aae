import { readFile } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltPackages } from '../../catalog/types.ts';
import type { Owner } from '../../engine/owner.ts';
import type { Engine } from '../../engine/port.ts';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { parseRepomd } from '../../fetch/rpm/repomd.ts';
import type { FetchedRepository, RpmRepo } from '../../fetch/rpm/types.ts';
import { atArch } from '../../fetch/rpm/repo.ts';
import { runBuild } from '../built-packages.ts';

/** Repositories made of packages that a catalog says are built; each is built once a builder. */
export class BuiltRepositories implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #owner: Owner;
  readonly #onStep: (step: string) => void;
  readonly #folders: string[] = [];
  readonly #made = new Map<string, Promise<string>>();

  constructor(engine: Engine, owner: Owner, onStep: (step: string) => void) {
    this.#engine = engine;
    this.#owner = owner;
    this.#onStep = onStep;
  }

  /** The same as if the repository had been downloaded. */
  async repository(
    repo: RpmRepo,
    arch: string,
    made: { built: BuiltPackages; image: string },
  ): Promise<FetchedRepository> {
    const key = `${made.image} ${made.built.url}`;
    const known = this.#made.get(key) ?? this.#make(made);
    this.#made.set(key, known);
    const folder = await known;
    const repoid = atArch(repo.repoid, arch);
    const path = join(folder, 'repodata/repomd.xml');
    const metadata = parseRepomd(await readFile(path, 'utf8'), path)
      .filter(({ type }) => type === 'primary' || type === 'filelists')
      .map(({ type, href, size, checksum }) => ({
        type,
        file: { url: made.built.url + href, repoid, size, checksum },
        path: join(folder, href),
      }));
    return { repoid, baseurl: atArch(repo.baseurl, arch), options: repo.options, metadata };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#made.values());
    for (const folder of this.#folders) await removeScratch(folder);
  }

  async #make({ built, image }: { built: BuiltPackages; image: string }): Promise<string> {
    const folder = await makeScratch(this.#owner, 'packages');
    this.#folders.push(folder);
    const output = join(folder, 'output');
    await mkdir(output);
    this.#onStep(`building the packages of ${built.url}`);
    await runBuild(this.#engine, this.#owner, { built, image, output, index: true });
    return output;
  }
}
