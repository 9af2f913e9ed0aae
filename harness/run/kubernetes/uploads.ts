import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import type { Catalog } from '../../catalog/types.ts';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { storageError } from '../../engine/storage.ts';
import { TwinproofError } from '../../errors.ts';
import type { ClusterSettings } from '../../kubernetes/settings.ts';
import { packInputs } from '../../rebuild/carried-inputs.ts';
import { madeBuilder } from '../../rebuild/definition/ensure.ts';
import { subjectLabel } from '../../kubernetes/job.ts';
import { writePrepared } from '../jobs/folder.ts';
import { BUILDER_FILE, SOURCE_FILE, pushJob } from '../jobs/carry.ts';
import { inputsIn } from '../jobs/prepare.ts';
import { taskOf } from '../jobs/task.ts';
import type { Task } from '../../record/job.ts';
import type { Prepared } from '../prepare-subject.ts';
import type { Session } from '../session.ts';

/** Bytes of a catalog's folder that are carried to every pod. */
const MAX_SOURCE = 4 * 1024 ** 3;

/** What pods are given through the registry, each thing once. All names are by digest. */
export class Uploads {
  readonly #session: Session;
  readonly #settings: ClusterSettings;
  readonly #run: string;
  #source: Promise<string> | null = null;
  readonly #builders = new Map<string, Promise<string>>();

  constructor(session: Session, settings: ClusterSettings, run: string) {
    this.#session = session;
    this.#settings = settings;
    this.#run = run;
  }

  /** The catalog's folder, with everything that its recipes name. */
  source(): Promise<string> {
    this.#source ??= this.#pushed('source', (folder) => packSource(this.#session.input, folder));
    return this.#source;
  }

  /** A builder that was made from a definition; empty for one that pods pull by its digest. */
  builder({ subject, builder }: Prepared): Promise<string> {
    if (subject.builder.kind !== 'definition') return Promise.resolve('');
    const { path } = subject.builder;
    const known = this.#builders.get(builder.digest);
    if (known !== undefined) return known;
    const pushed = this.#pushed(`builder-${builder.digest.slice(-16)}`, async (folder) => {
      const { engine } = this.#session;
      const { image, marker } = await madeBuilder(engine, path);
      await mkdir(join(folder, 'made'), { recursive: true });
      await copyFile(marker, join(folder, 'made', basename(marker)));
      const part = join(folder, 'part');
      await pipeline(await engine.images.export(image), createWriteStream(part));
      await rename(part, join(folder, BUILDER_FILE));
    });
    this.#builders.set(builder.digest, pushed);
    return pushed;
  }

  /** What one subject is built from, and what is to be built. */
  async prepared(prepared: Prepared): Promise<{ task: Task; name: string }> {
    const { input } = this.#session;
    const { subject, lock, cached } = prepared;
    const { catalog, seed, vary, builds } = input;
    const task = await taskOf({ catalog, subject, seed, vary, builds }, prepared);
    const name = await this.#pushed(`${subjectLabel(subject.id)}-prepared`, async (folder) => {
      const { architecture } = subject.platform;
      if (lock !== null) await packInputs(lock, architecture, { cached, folder: inputsIn(folder) });
      await writePrepared(folder, { schema: 'twinproof/prepared/v1', task });
    });
    return { task, name };
  }

  async #pushed(what: string, fill: (folder: string) => Promise<void>): Promise<string> {
    const { repository, tlsVerify, authFile } = this.#settings;
    const folder = await makeScratch(this.#session.input.owner, 'upload');
    const inner = join(folder, 'content');
    try {
      await mkdir(inner);
      await fill(inner);
      const options = { tlsVerify, ...(authFile === null ? {} : { authFile }) };
      return await pushJob(inner, `${repository}:${this.#run.toLowerCase()}-${what}`, options);
    } finally {
      await removeScratch(folder);
    }
  }
}

/** Git's own folder says nothing of the source; runs may lie in the catalog's folder. */
async function packSource(
  { catalog, runFolder }: { catalog: Pick<Catalog, 'root'>; runFolder: string },
  folder: string,
): Promise<void> {
  const results = relative(catalog.root, dirname(runFolder));
  const without = results.startsWith('..') || results === '' ? [] : [`--exclude=./${results}`];
  const part = join(folder, 'part');
  await execa('tar', [
    ...['--create', '--sort=name', '--exclude=.git', ...without],
    ...['--file', part, '--directory', catalog.root, '.'],
  ]).catch((cause: unknown) => {
    throw storageError(`could not pack ${catalog.root}`, cause);
  });
  const { size } = await stat(part);
  if (size > MAX_SOURCE) {
    throw new TwinproofError(
      'unsupported',
      `the catalog's folder has ${size} bytes, which is too much to carry`,
      {
        where: catalog.root,
        hint: `keep what no recipe uses elsewhere; ${MAX_SOURCE} bytes are carried to a cluster at most`,
      },
    );
  }
  await rename(part, join(folder, SOURCE_FILE));
}
