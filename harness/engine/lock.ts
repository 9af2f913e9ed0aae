import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TwinproofError } from '../errors.ts';
import { cacheFolder } from './folders.ts';
import { type Owner, isAlive } from './owner.ts';
import { storageError } from './storage.ts';

/** Milliseconds. */
const INTERVAL = 300;
const QUIET = 5000;
const LIMIT = 2 * 3_600_000;

interface Waiting {
  /** What is being waited for, once that takes more than seconds. */
  onWait?: ((text: string) => void) | undefined;
  /** Milliseconds. */
  limit?: number;
  /** In which the lock is; that of the cache folder unless given. */
  folder?: string;
}

/**
 * Lets one process at a time do a thing that all processes with this folder of locks share, such as making a builder.
 * A lock whose owner is dead counts for nothing.
 * @throws TwinproofError `timeout` when another process has it for two hours
 */
export async function withLock<T>(
  name: string,
  owner: Owner,
  work: () => Promise<T>,
  waiting: Waiting = {},
): Promise<T> {
  const { folder = join(cacheFolder(), 'locks') } = waiting;
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw storageError(`could not make ${folder}`, cause);
  });
  const lock = new Lock(folder, name, owner);
  await waitFor(lock, waiting);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function waitFor(lock: Lock, { onWait, limit = LIMIT }: Waiting): Promise<void> {
  const start = performance.now();
  let reported = false;
  for (;;) {
    const holder = await lock.take();
    if (holder === null) return;
    const waited = performance.now() - start;
    const who = `process ${holder.pid}, which has the lock "${lock.name}"`;
    if (waited > limit) {
      throw new TwinproofError(
        'timeout',
        `${who}, did not end within ${Math.round(limit / 60_000)} minutes`,
        {
          hint: `end it, or set TWINPROOF_CACHE to another folder`,
        },
      );
    }
    if (!reported && waited > QUIET) onWait?.(`waiting for ${who}`);
    reported ||= waited > QUIET;
    await setTimeout(INTERVAL);
  }
}

/**
 * A lock is the file `NAME.N` with the highest N, and free when that says so or names an owner that is dead. It is taken by
 * making the next one, whole and only once, by link(2): nothing that somebody could hold is ever removed or written by
 * others. Who comes too late, and makes one that was cleared away before, sees a higher one.
 */
class Lock {
  readonly name: string;
  readonly #folder: string;
  readonly #owner: Owner;
  #number = 0;

  constructor(folder: string, name: string, owner: Owner) {
    this.#folder = folder;
    this.name = name;
    this.#owner = owner;
  }

  /** @returns who holds it, or null when that is the caller now */
  async take(): Promise<Owner | null> {
    const highest = await this.#highest();
    const holder = await this.#holder(highest);
    if (holder !== null) return holder;
    const next = highest + 1;
    if (!(await this.#make(next))) return this.take();
    if ((await this.#highest()) !== next) {
      await rm(this.#path(next), { force: true });
      return this.take();
    }
    this.#number = next;
    await this.#clear(next);
    return null;
  }

  /** Where somebody has cleared the cache away, there is nothing left to release. */
  async release(): Promise<void> {
    if ((await this.#highest().catch(() => 0)) !== this.#number) return;
    await rename(await this.#whole(''), this.#path(this.#number));
  }

  #path(number: number): string {
    return join(this.#folder, `${this.name}.${number}`);
  }

  async #numbers(): Promise<number[]> {
    const names = await readdir(this.#folder);
    return names.flatMap((name) => {
      const number = name.startsWith(`${this.name}.`) ? name.slice(this.name.length + 1) : '';
      return /^[1-9]\d{0,14}$/.test(number) ? [Number(number)] : [];
    });
  }

  async #highest(): Promise<number> {
    return Math.max(0, ...(await this.#numbers()));
  }

  async #holder(number: number): Promise<Owner | null> {
    if (number === 0) return null;
    const text = await readFile(this.#path(number), 'utf8').catch(() => '');
    try {
      const owner = JSON.parse(text) as Owner;
      return isAlive(owner) ? owner : null;
    } catch {
      return null;
    }
  }

  /** @returns false when it is there already */
  async #make(number: number): Promise<boolean> {
    const own = await this.#whole(JSON.stringify(this.#owner));
    try {
      await link(own, this.#path(number));
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw storageError(`could not lock ${this.#path(number)}`, cause);
    } finally {
      await rm(own, { force: true });
    }
  }

  /** A file with that content, under a name that nobody else has. */
  async #whole(content: string): Promise<string> {
    const path = join(this.#folder, `.${this.name}-${randomUUID()}`);
    await writeFile(path, content, { flag: 'wx' }).catch((cause: unknown) => {
      throw storageError(`could not write ${path}`, cause);
    });
    return path;
  }

  /** Those that came before, and what killed processes left behind. */
  async #clear(number: number): Promise<void> {
    for (const older of await this.#numbers())
      if (older < number) await rm(this.#path(older), { force: true });
  }
}
