import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TwinBuild } from '../../rebuild/types.ts';
import type { Subject } from '../../catalog/types.ts';
import { TwinproofError } from '../../errors.ts';
import { digestOfFile } from '../../model/digest.ts';
import { verifyPlace } from '../../oci/blob.ts';
import { openImage } from '../../oci/open.ts';
import type { OciImage } from '../../oci/types.ts';
import type { BuiltRecord, Task, TwinRecord } from '../../record/job.ts';
import { IMAGE_FOLDER, LOG_FILE } from './build.ts';
import { readTwin } from './folder.ts';
import { requireSameTask, twinsOf } from './task.ts';

/** One twin as a build job left it. */
export interface LeftTwin {
  folder: string;
  record: TwinRecord;
  /** Where its image is, as `openImage` takes it. */
  image: string;
}

/**
 * Reads the records of all twins of a task, in its order.
 * @param images where images are that are not in the folder of their twin
 * @throws TwinproofError record-invalid for twins of another task, one that is there twice or missing; usage
 */
export async function readTwins(
  task: Task,
  folders: readonly string[],
  images: ReadonlyMap<string, string>,
): Promise<LeftTwin[]> {
  const byName = new Map<string, LeftTwin>();
  for (const folder of folders) {
    const record = await readTwin(folder);
    const { twin } = record;
    requireSameTask(task, record.task, folder);
    if (!twinsOf(task).includes(twin)) throw invalid(`there is no twin ${JSON.stringify(twin)}`, folder);
    const other = byName.get(twin);
    if (other !== undefined) {
      throw invalid(`twin ${twin} is there twice, in ${other.folder} as well`, folder, 'give each twin once');
    }
    requireWhole(record, folder);
    byName.set(twin, { folder, record, image: images.get(twin) ?? `oci:${join(folder, IMAGE_FOLDER)}` });
  }
  const missing = twinsOf(task).filter((name) => !byName.has(name));
  if (missing.length > 0) {
    const names = `${missing.slice(0, 20).join(', ')}${missing.length > 20 ? ' …' : ''}`;
    throw invalid(
      `missing twin${missing.length === 1 ? '' : 's'} ${names}`,
      folders.join(', '),
      'give all of them',
    );
  }
  const stray = [...images.keys()].find((name) => !byName.has(name));
  if (stray !== undefined) throw new TwinproofError('usage', `--twin-image: there is no twin ${stray}`);
  return twinsOf(task).flatMap((name) => byName.get(name) ?? []);
}

/** What no build writes. */
function requireWhole({ build, error, task, twin }: TwinRecord, folder: string): void {
  if ((build === null) === (error === undefined)) {
    throw invalid(
      build === null ? `twin ${twin} has neither a build nor an error` : `twin ${twin} has both`,
      folder,
    );
  }
  if (build === null) return;
  const left = [build.manifest !== null, build.config !== null, build.error === undefined];
  if (new Set(left).size > 1)
    throw invalid(`the build of twin ${twin} both failed and left an image`, folder);
  const variations = build.environment.map(({ variation }) => variation);
  if (JSON.stringify(variations) !== JSON.stringify(task.vary)) {
    throw invalid(`twin ${twin} was built with other variations than its task asks for`, folder);
  }
}

/**
 * A twin as if it had been built here. Every byte of its image is checked against its digests first.
 * @throws TwinproofError record-invalid
 */
export async function takeTwin(
  { folder, record, image }: LeftTwin,
  build: BuiltRecord,
  { limits }: Pick<Subject, 'limits'>,
): Promise<TwinBuild> {
  const { twin } = record;
  const { manifest, config, error } = build;
  if (manifest !== null && config !== null) await checkImage(twin, image, { manifest, config });
  const log = build.log === null ? null : join(folder, LOG_FILE);
  if (log !== null) await checkLog(log, build.log, limits.log);
  return {
    twin,
    environment: build.environment.map(({ notApplied, ...variation }) =>
      notApplied === undefined ? variation : { ...variation, notApplied },
    ),
    host: build.host,
    started: new Date(build.started),
    seconds: build.seconds,
    outcome:
      manifest !== null
        ? { built: true, image, manifest }
        : { built: false, error: error ?? { code: 'internal', message: 'no reason was recorded' } },
    networkAttempts: build.networkAttempts,
    refused: build.refused,
    log,
    logDropped: build.logDropped,
  };
}

async function checkImage(
  twin: string,
  reference: string,
  recorded: { manifest: string; config: string },
): Promise<void> {
  let image: OciImage | undefined;
  try {
    image = await openImage(reference);
    for (const [name, found] of [
      ['manifest', image.manifest.digest],
      ['config', image.config.digest],
    ] as const) {
      if (found === recorded[name]) continue;
      throw invalid(`twin ${twin} has another ${name}: recorded ${recorded[name]}, here ${found}`, reference);
    }
    for (const { descriptor } of image.layers) await verifyPlace(descriptor, await image.locate(descriptor));
  } catch (cause) {
    if (!(cause instanceof TwinproofError) || cause.code !== 'image-invalid') throw cause;
    throw invalid(`the image of twin ${twin} is not whole: ${cause.message}`, cause.where ?? reference);
  } finally {
    await image?.close();
  }
}

async function checkLog(path: string, digest: string | null, limit: number): Promise<void> {
  const info = await lstat(path).catch(() => null);
  if (info === null) throw invalid('the build log is missing', path);
  if (!info.isFile() || info.size > limit) throw invalid('it is no build log: no file, or too large', path);
  if ((await digestOfFile(path)) !== digest)
    throw invalid('the build log is not the one that was recorded', path);
}

const invalid = (message: string, where: string, hint?: string): TwinproofError =>
  new TwinproofError('record-invalid', message, {
    where,
    hint: hint ?? 'copy the whole folder of `twinproof job build` again, or build the twin again',
  });
