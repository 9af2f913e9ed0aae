import { cp, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRegistry } from '../../../harness/testing/oci/registry/registry.ts';
import {
  digestOf,
  writeBlob,
  writeImage,
  writeIndex,
  writeLayout,
} from '../../../harness/testing/oci/image.ts';
import { END, header, tar, tarEntry, type TestEntry } from '../../../harness/testing/oci/tar/tar.ts';
import { temporaryFolder, twinproof } from './support.ts';

/** Images made to do harm, through the real command: one line, exit code 2, nothing written, never "equal". */

const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const entries: TestEntry[] = [
  { name: 'etc/', type: 'dir', mode: 0o755 },
  { name: 'etc/file', content: 'hello' },
  { name: 'etc/link', type: 'symlink', linkname: 'file' },
  { name: 'etc/hard', type: 'hardlink', linkname: 'etc/file' },
];
const good = tar(entries, 'ustar');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let goodImage: string;
let count = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'work'));
  goodImage = await writeLayout(join(folder.path, 'good'), { layers: [good], compress: 'none' });
});
afterAll(() => folder[Symbol.asyncDispose]());

const fresh = (): string => join(folder.path, `image-${count++}`);

async function files(path: string): Promise<string[]> {
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => !name.startsWith('cache/compiled')).sort();
}

async function diff(a: string, b: string) {
  const before = await files(folder.path);
  const env = { TWINPROOF_CACHE: join(folder.path, 'cache') };
  const result = await twinproof(['diff', a, b], { cwd: join(folder.path, 'work'), env });
  const after = (await files(folder.path)).filter((name) => name !== 'cache' && name !== 'cache/scratch');
  expect(after).toEqual(before.filter((name) => name !== 'cache' && name !== 'cache/scratch'));
  return result;
}

/** @param place what the complaint must name, besides the image */
async function refused(image: string, says: RegExp, place = /sha256:[0-9a-f]{64}/): Promise<void> {
  const { exitCode, stdout, stderr } = await diff(goodImage, image);
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr.trimEnd()).not.toMatch(/\p{Cc}/u);
  expect(stderr).toMatch(/: (?:image-invalid|unsupported): /);
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(place);
}

/** A layout whose only layer is `blob`, with digests that are all right unless told otherwise. */
async function withLayer(
  blob: Buffer,
  claims: { digest?: string; size?: number; mediaType?: string; diffId?: string } = {},
): Promise<string> {
  const path = fresh();
  const { diffId = digestOf(blob), ...wrong } = claims;
  const layer = { ...(await writeBlob(path, blob, LAYER)), ...wrong };
  const config = { rootfs: { type: 'layers', diff_ids: [diffId] } };
  await writeIndex(path, [await writeImage(path, { layers: [], config, manifest: { layers: [layer] } })]);
  return `oci:${path}`;
}

/** A copy of the good layout, and its files by size: layer, then the JSON documents. */
async function copy(): Promise<{ path: string; blobs: string[] }> {
  const path = fresh();
  await cp(join(folder.path, 'good'), path, { recursive: true });
  const blobs = (await readdir(join(path, 'blobs/sha256'))).map((name) => join(path, 'blobs/sha256', name));
  return { path, blobs };
}

describe('cut off at every 512-byte boundary', () => {
  const boundaries = Array.from({ length: good.length / 512 }, (_, at) => at * 512);

  test('in place', async () => {
    for (const length of boundaries) {
      const { path, blobs } = await copy();
      const layer = blobs.find((name) => name.endsWith(digestOf(good).slice(7))) ?? '';
      await truncate(layer, length);
      await refused(`oci:${path}`, new RegExp(`has ${length} bytes, its descriptor says ${good.length}`));
    }
  });

  test('with the diffID of the whole', async () => {
    for (const length of boundaries) {
      await refused(
        await withLayer(good.subarray(0, length), { diffId: digestOf(good) }),
        /the config says|the archive ends/,
      );
    }
  });

  test('with digests that are right: an error, or another image', async () => {
    for (const length of boundaries) {
      const { exitCode, stdout } = await diff(goodImage, await withLayer(good.subarray(0, length)));
      expect([1, 2], `cut at ${length}`).toContain(exitCode);
      expect(stdout).not.toMatch(/^equal/);
    }
  });
});

test('a flipped byte in any document or layer', async () => {
  const { path, blobs } = await copy();
  for (const blob of blobs) {
    const bytes = await readFile(blob);
    for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] ?? 0) ^ 0x10;
      await writeFile(blob, broken);
      await refused(`oci:${path}`, /its bytes have the digest/);
    }
    await writeFile(blob, bytes);
  }
});

/** A header that says more than follows; octal has no room for so much. */
function huge(size: number): Buffer {
  return Buffer.concat([header({ name: Buffer.from('x'), flag: '0', size }, 'gnu'), Buffer.alloc(1024, 'c')]);
}

const symlink = (name: string, linkname: string): TestEntry => ({ name, type: 'symlink', linkname });

describe('layers', () => {
  const zipped = gzipSync(good);
  test.each<[string, () => Promise<string>, RegExp]>([
    ['another digest', () => withLayer(good, { digest: `sha256:${'0'.repeat(64)}` }), /missing/],
    ['another size', () => withLayer(good, { size: 7 }), /has \d+ bytes, its descriptor says 7/],
    ['a size of 10 TB', () => withLayer(good, { size: 10 ** 13 }), /descriptor says 10000000000000/],
    ['a size below nothing', () => withLayer(good, { size: -1 }), /size in bytes/],
    ['another diffID', () => withLayer(tar([{ name: 'x' }]), { diffId: digestOf(good) }), /the config says/],
    ['an unknown media type', () => withLayer(good, { mediaType: 'x/layer' }), /media type "x\/layer"/],
    ['an entry of 10 TB', () => withLayer(huge(10 ** 13)), /ends in the middle of an entry/],
    ['a size that wraps', () => withLayer(huge(-1)), /negative size/],
    ['gzip cut off', () => withLayer(zipped.subarray(0, -9)), /broken gzip/],
    [
      'gzip with a wrong checksum',
      () => withLayer(Buffer.from(zipped).fill(7, zipped.length - 8, zipped.length - 4)),
      /broken gzip/,
    ],
    ['a way out', () => withLayer(tar([{ name: '../../etc/cron.d/x' }])), /out of the image/],
    [
      'a way out by a link',
      () => withLayer(tar([symlink('a', 'b'), symlink('b', 'a'), { name: 'a/x' }])),
      /loop/,
    ],
    ['a link to itself', () => withLayer(tar([symlink('a', 'a/a'), { name: 'a/x' }])), /loop/],
    ['a name that steers', () => withLayer(tar([{ name: '../\x1b]0;x\x07' }])), /\\x1b\]0;x\\x07/],
  ])('%s', async (_, make, says) => refused(await make(), says));

  test('absolute names, and names through a link, stay names in the image', async () => {
    const out = join(folder.path, 'out');
    const layer = tar([
      ...entries,
      { name: out, content: 'x' },
      symlink('l', '../../../..'),
      { name: 'l/tmp-x' },
    ]);
    const { exitCode, stdout } = await diff(goodImage, await withLayer(layer));
    expect(exitCode).toBe(1);
    expect(stdout).toContain(out.slice(1));
  });
});

describe('documents', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);

  /** A layout whose manifest and config may be any bytes, described truthfully. */
  const documents = async ({ config = '{}', manifest = '' }: { config?: string; manifest?: string }) => {
    const path = fresh();
    const described = await writeBlob(path, Buffer.from(config), 'application/vnd.oci.image.config.v1+json');
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const text = manifest || JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers: [] });
    await writeIndex(path, [await writeBlob(path, Buffer.from(text), mediaType)]);
    return `oci:${path}`;
  };

  test('nested 100,000 deep', async () => {
    const index = fresh();
    await writeIndex(index, []);
    await writeFile(join(index, 'index.json'), deep);
    await refused(`oci:${index}`, /nested deeper/, /index\.json/);
    await refused(await documents({ manifest: deep }), /nested deeper/);
    await refused(await documents({ config: deep }), /nested deeper/);
    await refused(await documents({ config: `{"a":${deep}}` }), /nested deeper/);
  });

  test('an index that holds itself', async () => {
    const path = fresh();
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const index = { schemaVersion: 2, mediaType, manifests: [{ mediaType, digest: '', size: 0 }] };
    // Nobody can make one whose digest is right: this is as near as one gets.
    const own = `sha256:${'a'.repeat(64)}`;
    const text = (size: number): string =>
      JSON.stringify({ ...index, manifests: [{ mediaType, digest: own, size }] });
    const size = text(100).length;
    await writeIndex(path, [{ mediaType, digest: own, size }]);
    await mkdir(join(path, 'blobs/sha256'), { recursive: true });
    await writeFile(join(path, 'blobs', own.replace(':', '/')), text(size));
    await refused(`oci:${path}`, /its bytes have the digest/);
  });

  test('a manifest that names itself as config and layer', async () => {
    const path = fresh();
    const own = { mediaType: LAYER, digest: `sha256:${'b'.repeat(64)}`, size: 400 };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, config: own, layers: [own] }).padEnd(400));
    await writeIndex(path, [{ ...own, mediaType: 'application/vnd.oci.image.manifest.v1+json' }]);
    await mkdir(join(path, 'blobs/sha256'), { recursive: true });
    await writeFile(join(path, 'blobs', own.digest.replace(':', '/')), bytes);
    await refused(`oci:${path}`, /its bytes have the digest/);
  });

  test('no document at all', async () => {
    await refused(await documents({ config: '' }), /not JSON/);
    await refused(await documents({ config: '\xff' }), /./);
    await refused(await documents({ manifest: 'null' }), /object is expected/);
  });
});

test('a registry that sends other bytes than it was asked for', async () => {
  const bytes = Buffer.from(good);
  bytes[600] = (bytes[600] ?? 0) ^ 1;
  await using registry = await startRegistry(join(folder.path, 'good'), (request, response) => {
    if (request.url?.endsWith(digestOf(good)) !== true) return false;
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    return true;
  });
  await refused(`docker://${registry.host}/image`, /checksum sha256:\w+ instead of sha256:/);
});

test('an entry cut short is reported with the entry before it', async () => {
  const cut = Buffer.concat([
    tarEntry({ name: 'first' }, 'ustar'),
    tarEntry({ name: 'b', size: 9 }, 'ustar'),
  ]);
  await refused(await withLayer(Buffer.concat([cut, END.subarray(0, 8)])), /./, /byte \d+, after entry/);
});
