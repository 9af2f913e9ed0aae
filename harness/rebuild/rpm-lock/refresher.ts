import { join } from 'node:path';
import type { LockContext } from '../../catalog/lock-context.ts';
import type { BuilderSpec } from '../../catalog/types.ts';
import { TwinproofError } from '../../errors.ts';
import { withLock } from '../../engine/lock.ts';
import type { Owner } from '../../engine/owner.ts';
import type { Engine } from '../../engine/port.ts';
import { readRpmInput } from '../../fetch/rpm/input.ts';
import { RpmRepositories } from '../../fetch/rpm/repositories.ts';
import type { FetchedRepository, RpmInput, RpmRepo } from '../../fetch/rpm/types.ts';
import type { Refreshed } from '../../fetch/types.ts';
import { diffLocks } from '../../lock/diff.ts';
import { parseLock } from '../../lock/parse.ts';
import type { Lock, LockedArch } from '../../lock/types.ts';
import { formatLock } from '../../lock/write.ts';
import { compareRpmVersions } from '../../packages/rpm/rpm-version.ts';
import { builderImage } from '../builder.ts';
import { BuiltRepositories } from './built-repositories.ts';
import { lockedArchOf } from './locked-arch.ts';
import { runDnf } from './run-dnf.ts';

interface Setting {
  engine: Engine;
  owner: Owner;
  context: LockContext;
  signal?: AbortSignal;
  onStep: (step: string) => void;
}

/** Resolves `rpms.in.yaml` files in the builders of a catalog. Close it: it holds connections and scratch folders. */
export class RpmLockRefresher implements AsyncDisposable {
  readonly #setting: Setting;
  readonly #repositories: RpmRepositories;
  readonly #built: BuiltRepositories;
  readonly #builders = new Map<string, Promise<string>>();

  constructor(setting: Setting) {
    const { engine, owner, signal, onStep } = setting;
    this.#setting = setting;
    this.#repositories = new RpmRepositories({ onStep, ...(signal === undefined ? {} : { signal }) });
    this.#built = new BuiltRepositories(engine, owner, onStep);
  }

  /**
   * @param fresh locks by path that were resolved just now and are not written yet: a builder is made from its own
   * @throws TwinproofError lock-invalid for the input or what dnf cannot resolve, input-mismatch, input-unavailable,
   *   builder-unresolved, engine-unavailable, storage, interrupted
   */
  async refresh(
    inputPath: string,
    previous: Lock | null,
    fresh: ReadonlyMap<string, string>,
  ): Promise<Refreshed> {
    const input = await readRpmInput(inputPath);
    const repos = await this.#repositories.reposOf(input);
    // Made when it is needed: a repository that cannot be read is reported before.
    const image = (): Promise<string> => this.#builder(this.#setting.context.builderOf(inputPath), fresh);
    const arches: LockedArch[] = [];
    const warnings: string[] = [];
    for (const arch of input.arches) {
      const { locked, reported } = await this.#resolveArch(input, repos, { arch, image });
      arches.push(locked);
      warnings.push(...reported.map((text) => `${arch}: ${text}`));
    }
    const origins = previous?.origins ?? [];
    const text = formatLock({ kind: 'rpm', arches, origins });
    // Names and URLs came from a repository: what a reader of locks would refuse is never written.
    parseLock(text, inputPath.replace(/\.in\.yaml$/, '.lock.yaml'));
    return { text, changes: diffLocks(previous, { arches }, compareRpmVersions), warnings };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#repositories[Symbol.asyncDispose]();
    await this.#built[Symbol.asyncDispose]();
  }

  async #resolveArch(
    input: RpmInput,
    repos: RpmRepo[],
    { arch, image }: { arch: string; image: () => Promise<string> },
  ): Promise<{ locked: LockedArch; reported: string[] }> {
    const { engine, owner, context, onStep, signal } = this.#setting;
    const repositories: FetchedRepository[] = [];
    for (const repo of repos) {
      const built = context.builtPackages.find(({ url }) => repo.baseurl.startsWith(url));
      repositories.push(
        built === undefined
          ? await this.#repositories.fetch(repo, arch)
          : await this.#built.repository(repo, arch, { built, image: await image() }),
      );
    }
    if (signal?.aborted === true) throw new TwinproofError('interrupted', 'the refresh was stopped');
    const made = await image();
    onStep(`resolving for ${arch}`);
    const resolved = await runDnf(engine, owner, { image: made, input, arch, repositories });
    return { locked: lockedArchOf(arch, resolved, repositories), reported: resolved.warnings };
  }

  #builder(spec: BuilderSpec, fresh: ReadonlyMap<string, string>): Promise<string> {
    const key = JSON.stringify(spec);
    const known = this.#builders.get(key) ?? this.#makeBuilder(spec, fresh);
    this.#builders.set(key, known);
    return known;
  }

  async #makeBuilder(spec: BuilderSpec, fresh: ReadonlyMap<string, string>): Promise<string> {
    const { engine, owner, context, onStep } = this.#setting;
    const path = spec.kind === 'definition' ? join(spec.path, 'debs.lock.yaml') : '';
    const text = fresh.get(path);
    const options = {
      onStep,
      onNote: onStep,
      origins: context.origins,
      whenGone: 'error' as const,
      ...(text === undefined ? {} : { lock: parseLock(text, path) }),
    };
    const { image } = await withLock('builder', owner, () => builderImage(engine, owner, spec, options), {
      onWait: onStep,
    });
    return image;
  }
}
