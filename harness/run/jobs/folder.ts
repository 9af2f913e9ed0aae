import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { storageError } from '../../engine/storage.ts';
import { TwinproofError } from '../../errors.ts';
import { type PreparedRecord, type TwinRecord, preparedSchema, twinSchema } from '../../record/job.ts';

/** Bytes of the largest record: a build may be refused thousands of names. */
const MAX_RECORD = 16 * 1024 ** 2;

export const PREPARED_FILE = 'prepared.json';
export const TWIN_FILE = 'twin.json';

/** Makes the folder of a job. @throws TwinproofError usage where something lies in it, which may be of another job */
export async function makeJobFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length === 0) return;
  } catch (cause) {
    throw storageError(`could not make ${folder}`, cause);
  }
  throw new TwinproofError('usage', 'the folder is not empty', {
    where: folder,
    hint: 'name a new folder with --out: what a job leaves is written once',
  });
}

/** A job writes its record last: a folder without one is of a job that was cut off. */
export const writePrepared = (folder: string, record: PreparedRecord): Promise<void> =>
  writeRecord(join(folder, PREPARED_FILE), preparedSchema.parse(record));

export const writeTwin = (folder: string, record: TwinRecord): Promise<void> =>
  writeRecord(join(folder, TWIN_FILE), twinSchema.parse(record));

async function writeRecord(path: string, record: unknown): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(temporary, `${JSON.stringify(record, null, 2)}\n`);
    await rename(temporary, path);
  } catch (cause) {
    throw storageError(`could not write ${path}`, cause);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** @throws TwinproofError record-invalid */
export const readPrepared = (folder: string): Promise<PreparedRecord> =>
  readRecord(join(folder, PREPARED_FILE), preparedSchema, 'job prepare');

/** @throws TwinproofError record-invalid */
export const readTwin = (folder: string): Promise<TwinRecord> =>
  readRecord(join(folder, TWIN_FILE), twinSchema, 'job build');

async function readRecord<T>(path: string, schema: z.ZodType<T>, job: string): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readSmallFile(path));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new TwinproofError('record-invalid', missing ? 'there is no such file' : 'it cannot be read', {
      where: path,
      hint: missing
        ? `name a folder that \`twinproof ${job}\` wrote to its end`
        : `run \`twinproof ${job}\` again`,
      cause,
    });
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new TwinproofError('record-invalid', issue?.message ?? 'it does not fit the schema', {
    where: `${path}#/${issue?.path.join('/') ?? ''}`,
    hint: `use what \`twinproof ${job}\` of this version wrote, unchanged`,
  });
}

/** Follows no link and waits for no pipe: folders come from other machines. */
async function readSmallFile(path: string): Promise<string> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const info = await file.stat();
  if (!info.isFile() || info.size > MAX_RECORD) throw new Error('not a small file');
  const buffer = Buffer.alloc(info.size);
  const { bytesRead } = await file.read(buffer, 0, info.size, 0);
  return buffer.toString('utf8', 0, bytesRead);
}
