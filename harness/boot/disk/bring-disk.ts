import { createHash } from 'node:crypto';
import { type FileHandle, constants, open, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { storageError } from '../../engine/storage.ts';
import { TwinproofError } from '../../errors.ts';
import { handOver, runConfined } from '../machine/confined.ts';
import { compressedDisk, isEmpty } from './compressed.ts';
import { type DiskFormat, HEAD, isArchive, isDisk, probeDisk, unsupportedDisk } from './format.ts';

/** A disk as it came. */
export interface GivenDisk {
  /** sha256 of the file, with its algorithm before it. */
  digest: string;
  format: DiskFormat;
  /** Of the disk in it. */
  bytes: number;
}

/** Bytes of a file, and of the disk in it; operating systems come on disks of a few GiB. */
const LARGEST = 64 * 2 ** 30;
/** Bytes that are copied at a time; what is all zero stays a hole. */
const PIECE = 2 ** 20;
/** Milliseconds. */
const CONVERSION = 1_800_000;

/** What no image is called. */
const DISK_NAME = /\.(?:raw|img|qcow2?|vmdk|vdi|vhdx?|iso)$/i;

/**
 * Whether a path is a file that holds a disk.
 * @throws TwinproofError `unsupported` when a disk was meant that cannot be one: compressed, empty, or of no known form
 */
export async function isDiskFile(path: string): Promise<boolean> {
  const file = await openGiven(path).catch(() => null);
  if (file === null) return false;
  try {
    if (!(await file.stat()).isFile()) return false;
    const head = await headOf(file);
    if (isDisk(head)) return true;
    const compressed = await compressedDisk(path);
    if (compressed !== null) throw mustBeUnpacked(path, compressed);
    if (isEmpty(head)) throw unsupportedDisk('it is empty, or begins with nothing but zeros', path);
    if (DISK_NAME.test(path) && !isArchive(head)) probeDisk(head, 0);
    return false;
  } finally {
    await file.close();
  }
}

const mustBeUnpacked = (path: string, { kind, program }: { kind: string; program: string }): TwinproofError =>
  new TwinproofError('unsupported', `the disk cannot be started: it is compressed (${kind})`, {
    where: path,
    hint: `decompress it first: ${program} --keep ${basename(path)}`,
  });

/**
 * Copies a disk to `disk.raw` in a folder of the caller, as a raw one; the file is only read. Its form is recognised by the
 * copy, so that nobody changes it in between, and what there is to understand in it is understood by qemu-img, confined.
 * @param folder belongs to the user that confined programs run as
 * @throws TwinproofError `unsupported`, `storage`
 */
export async function bringDisk(path: string, folder: string): Promise<GivenDisk> {
  const copy = join(folder, 'given');
  await using source = await openGiven(path);
  const { size } = await source.stat();
  if (size > LARGEST) throw tooLarge(size);
  const digest = await copySparse(source, copy);
  await using file = await open(copy);
  const { format, bytes } = probeDisk(await headOf(file), (await file.stat()).size);
  if (bytes > LARGEST) throw tooLarge(bytes);
  await handOver(copy);
  if (format === 'raw') await rename(copy, join(folder, 'disk.raw'));
  else {
    await convert(folder);
    await rm(copy);
  }
  return { digest, format, bytes };
}

/** A pipe of that name must not make us wait. */
const openGiven = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_NONBLOCK);

async function headOf(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
  return buffer.subarray(0, bytesRead);
}

/** @returns digest of what was copied */
async function copySparse(source: FileHandle, to: string): Promise<string> {
  const digest = createHash('sha256');
  const piece = Buffer.alloc(PIECE);
  const zeros = Buffer.alloc(PIECE);
  await using target = await open(to, 'wx', 0o600);
  let at = 0;
  try {
    for (;;) {
      const { bytesRead } = await source.read(piece, 0, PIECE, at);
      if (bytesRead === 0) break;
      const part = piece.subarray(0, bytesRead);
      digest.update(part);
      if (!part.equals(zeros.subarray(0, bytesRead))) await target.write(part, 0, bytesRead, at);
      at += bytesRead;
      if (at > LARGEST) throw tooLarge(at);
    }
    await target.truncate(at);
  } catch (cause) {
    throw cause instanceof TwinproofError ? cause : storageError('the disk could not be copied', cause);
  }
  return `sha256:${digest.digest('hex')}`;
}

/** Names no other file, whatever the image says. */
async function convert(folder: string): Promise<void> {
  const source = { driver: 'qcow2', file: { driver: 'file', filename: 'given' }, backing: null };
  const command = ['qemu-img', 'convert', '-O', 'raw', `json:${JSON.stringify(source)}`, 'disk.raw'];
  try {
    await runConfined(command, { cwd: folder, timeout: CONVERSION });
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    if (words.includes('No space left on device')) throw new TwinproofError('storage', words, { cause });
    throw new TwinproofError('unsupported', `the disk cannot be started: ${words}`, { cause });
  }
}

const tooLarge = (bytes: number): TwinproofError =>
  new TwinproofError(
    'unsupported',
    `the disk cannot be started: it has ${Math.ceil(bytes / 2 ** 30)} GiB, and 64 GiB are the most`,
  );
