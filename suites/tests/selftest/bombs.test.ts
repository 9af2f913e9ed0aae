import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  digestOf,
  writeBlob,
  writeImage,
  writeIndex,
  writeLayout,
} from '../../../harness/testing/oci/image.ts';
import { END, header, tar, tarEntry, type TestEntry } from '../../../harness/testing/oci/tar/tar.ts';
import { ROOT, temporaryFolder } from './support.ts';

/** Small images that stand for very large ones: refused, with bounded memory, in the time it takes to read them. */

const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const MiB = 2 ** 20;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let goodImage: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  goodImage = await writeLayout(join(folder.path, 'good'), { layers: [tar([{ name: 'a' }])] });
});
afterAll(() => folder[Symbol.asyncDispose]());

/** proc(5): the most memory a process has had so far; MiB. */
async function peakOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1] ?? 0) / 1024;
}

async function diff(
  image: string,
): Promise<{ stderr: string; stdout: string; exitCode?: number; peak: number }> {
  const words = ['diff', goodImage, image];
  const running = execa(process.execPath, [join(ROOT, 'harness/cli/main.ts'), ...words], { reject: false });
  let peak = 0;
  const sampler = setInterval(() => {
    void peakOf(running.pid ?? 0).then((now) => (peak = Math.max(peak, now)));
  }, 50);
  const { stderr, stdout, exitCode } = await running;
  clearInterval(sampler);
  return { stderr, stdout, ...(exitCode === undefined ? {} : { exitCode }), peak };
}

async function withLayer(name: string, blob: Buffer, diffId = digestOf(blob)): Promise<string> {
  const path = join(folder.path, name);
  const config = { rootfs: { type: 'layers', diff_ids: [diffId] } };
  const layer = await writeBlob(path, blob, LAYER);
  await writeIndex(path, [await writeImage(path, { layers: [], config, manifest: { layers: [layer] } })]);
  return `oci:${path}`;
}

const repeated = (piece: Buffer, times: number): Buffer =>
  Buffer.concat(Array.from({ length: times }, () => piece));
/** A file of zeros of just under 8 GiB, the most that octal can say. */
const zeros = header({ name: Buffer.from('zeros'), flag: '0', size: 8 ** 11 - 1 }, 'ustar');

test.each([
  ['gzip', (bytes: Buffer): Buffer => gzipSync(bytes)],
  ['zstd', (bytes: Buffer): Buffer => zstdCompressSync(bytes)],
])('a %s bomb of 8 GiB in a few MiB', async (name, compress) => {
  const bomb = Buffer.concat([compress(zeros), repeated(compress(Buffer.alloc(64 * MiB)), 128)]);
  expect(bomb.length).toBeLessThan(16 * MiB);
  const { stderr, stdout, exitCode, peak } = await diff(await withLayer(name, bomb));
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/layer sha256:[0-9a-f]{64}: image-invalid: expands more than 500-fold$/);
  expect(peak).toBeGreaterThan(20);
  expect(peak).toBeLessThan(300);
});

test('ten million entries', async () => {
  const piece = Array.from({ length: 10_000 }, (_, at) => tarEntry({ name: `d${at % 100}/f${at}` }, 'ustar'));
  const layer = Buffer.concat([repeated(gzipSync(Buffer.concat(piece)), 1000), gzipSync(END)]);
  const { stderr, stdout, exitCode, peak } = await diff(await withLayer('entries', layer));
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/: image-invalid: has more entries than the limit/);
  expect(peak).toBeGreaterThan(20);
  expect(peak).toBeLessThan(1536);
});

test('a sparse file that stands for 7 TiB of zeros', async () => {
  const sparse: TestEntry = { name: 'sparse', flag: 'S', size: 0 };
  const block = tarEntry(sparse, 'gnu');
  // GNU tar manual, "Basic Tar Format": the real size at 483, base-256 as it does not fit octal digits.
  block.writeUInt8(0x80, 483);
  block.writeUIntBE(7 * 2 ** 40, 489, 6);
  const sum = block.fill(' ', 148, 156).reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const { stderr, exitCode } = await diff(await withLayer('sparse', Buffer.concat([block, END])));
  expect(exitCode, stderr).toBe(2);
  expect(stderr).toMatch(/unsupported: sparse files hold more zeros than the limit/);
});
