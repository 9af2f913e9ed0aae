import { writeFile } from 'node:fs/promises';
import { deflateRawSync, gzipSync, zstdCompressSync, crc32 } from 'node:zlib';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareImages } from './compare.ts';
import type { DiffResult } from './types.ts';
import { openImage } from '../oci/open.ts';
import { tar } from '../testing/oci/tar/tar.ts';
import {
  digestOf,
  scratch,
  writeBlob,
  writeImage,
  writeIndex,
  type Described,
} from '../testing/oci/image.ts';
import { parsePlatform } from '../model/platform.ts';

const OCI = 'application/vnd.oci.image';
const layer = tar([
  { name: 'etc/', type: 'dir', mode: 0o755 },
  { name: 'etc/file', content: 'hello\n' },
]);

/** A layout whose only layer is stored as these bytes. */
async function stored(folder: string, bytes: Buffer, mediaType: string, more = {}): Promise<string> {
  const blob = { ...(await writeBlob(folder, bytes, mediaType)), ...more };
  await writeIndex(folder, [await writeImage(folder, { layers: [layer], manifest: { layers: [blob] } })]);
  return `oci:${folder}`;
}

async function diff(a: string, b: string, rung = 'config'): Promise<DiffResult> {
  return compareImages(await openImage(a), await openImage(b), { rung });
}

/** A gzip member with all that its header can hold (RFC 1952). */
function oddGzip(bytes: Buffer): Buffer {
  const extra = Buffer.from('RE\x04\0abcd', 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(extra.length);
  const header = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 0x04 | 0x08 | 0x10 | 0x02, 1, 2, 3, 4, 2, 3]),
    length,
    extra,
    Buffer.from('name\0comment\0', 'latin1'),
  ]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(crc32(header) & 0xffff);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc32(bytes), 0);
  end.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, check, deflateRawSync(bytes), end]);
}

/** RFC 8878, section 3.1.2. */
function skippable(content: Buffer, number = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + number, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

const cut = [layer.subarray(0, 700), layer.subarray(700, 701), layer.subarray(701)];
const members = cut.map((piece) => gzipSync(piece, { level: 9 }));
/** containers/storage "zstd:chunked": frames a file, a table of contents and a footer that decompressors skip. */
const chunked = Buffer.concat([
  skippable(Buffer.from('early'), 3),
  ...cut.map((piece) => zstdCompressSync(piece)),
  skippable(zstdCompressSync(Buffer.from('{"version":1,"entries":[]}')), 0),
  skippable(Buffer.alloc(64, 7), 0),
]);

describe('layers', () => {
  const forms: [what: string, bytes: Buffer, type: string][] = [
    ['uncompressed', layer, ''],
    ['gzip', gzipSync(layer), '+gzip'],
    ['gzip in several members, as eStargz has it', Buffer.concat(members), '+gzip'],
    ['gzip with an empty member', Buffer.concat([gzipSync(Buffer.alloc(0)), ...members]), '+gzip'],
    ['gzip with all header fields', oddGzip(layer), '+gzip'],
    ['gzip that calls itself uncompressed', gzipSync(layer), ''],
    ['zstd', zstdCompressSync(layer), '+zstd'],
    ['zstd:chunked', chunked, '+zstd'],
  ];

  it.each(forms)('%s are the same layer', async (_, bytes, suffix) => {
    await using one = await scratch();
    await using other = await scratch();
    const plain = await stored(one.path, layer, `${OCI}.layer.v1.tar`);
    const result = await diff(plain, await stored(other.path, bytes, `${OCI}.layer.v1.tar${suffix}`));
    expect(result).toMatchObject({ identical: true, entries: [] });
    expect(result.rungs.layers).toBe(true);
  });

  it.each([
    ['xz', Buffer.from('fd377a585a0000', 'hex')],
    ['bzip2', Buffer.from('BZh91AY&SY')],
    ['lz4', Buffer.from('04224d1800', 'hex')],
  ])('compressed by %s are refused by name', async (name, bytes) => {
    await using one = await scratch();
    await using other = await scratch();
    const plain = await stored(one.path, layer, `${OCI}.layer.v1.tar`);
    await expect(diff(plain, await stored(other.path, bytes, `${OCI}.layer.v1.tar`))).rejects.toMatchObject({
      code: 'unsupported',
      message: `layers compressed by ${name}`,
    });
  });

  it('of an unknown media type are refused by name', async () => {
    await using one = await scratch();
    await using other = await scratch();
    const plain = await stored(one.path, layer, `${OCI}.layer.v1.tar`);
    const odd = await stored(other.path, gzipSync(layer), 'application/x-odd');
    await expect(diff(plain, odd)).rejects.toThrow('a layer of media type "application/x-odd"');
  });

  it('that are foreign are read where they are, and named with their place where they are not', async () => {
    await using one = await scratch();
    await using other = await scratch();
    const type = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const urls = { urls: ['https://example.org/layer\x1b'] };
    const here = await stored(one.path, gzipSync(layer), type, urls);
    expect(await diff(here, here)).toMatchObject({ identical: true });
    const gone = { digest: digestOf(gzipSync(layer, { level: 1 })), size: 7 };
    const away = await stored(other.path, gzipSync(layer), type, { ...urls, ...gone });
    await expect(diff(here, away)).rejects.toMatchObject({
      code: 'unsupported',
      message: 'a foreign layer whose bytes are not here, only at https://example.org/layer\\x1b',
    });
  });

  it('are read from the descriptor that holds them, and checked against its digest', async () => {
    await using one = await scratch();
    await using other = await scratch();
    await using wrong = await scratch();
    const type = `${OCI}.layer.v1.tar`;
    const data = (bytes: Buffer) => ({ data: bytes.toString('base64') });
    const plain = await stored(one.path, layer, type);
    expect(await diff(plain, await stored(other.path, layer, type, data(layer)))).toMatchObject({
      identical: true,
      rungs: { layers: true },
    });
    const lie = Buffer.from(layer);
    lie[600] = 1;
    await expect(diff(plain, await stored(wrong.path, layer, type, data(lie)))).rejects.toThrow('digest');
    await stored(wrong.path, layer, type, { data: 'no base64!' });
    await expect(openImage(`oci:${wrong.path}`)).rejects.toThrow('is not base64');
  });

  it('may be empty, and stand there twice', async () => {
    await using one = await scratch();
    await using other = await scratch();
    const empty = tar([]);
    await writeIndex(one.path, [await writeImage(one.path, { layers: [layer, empty, empty, layer] })]);
    const zstd = { layers: [layer, empty, empty, layer], compress: 'zstd' as const };
    await writeIndex(other.path, [await writeImage(other.path, zstd)]);
    expect(await diff(`oci:${one.path}`, `oci:${other.path}`)).toMatchObject({
      identical: true,
      entries: [],
    });
  });
});

const at = (manifest: Described, os: string, architecture: string, variant?: string) => ({
  ...manifest,
  platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
});

const writeNested = async (folder: string, manifests: unknown[]): Promise<Described> =>
  writeBlob(
    folder,
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests })),
    `${OCI}.index.v1+json`,
  );

describe('indexes', () => {
  const image = (folder: string, architecture: string, variant?: string): Promise<Described> =>
    writeImage(folder, {
      layers: [],
      config: { architecture, ...(variant === undefined ? {} : { variant }) },
    });

  it('give the variant that an architecture stands for, or the one that was asked for', async () => {
    await using folder = await scratch();
    const v6 = await image(folder.path, 'arm', 'v6');
    const v7 = await image(folder.path, 'arm', 'v7');
    const amd = await image(folder.path, 'amd64');
    const amd3 = await image(folder.path, 'amd64', 'v3');
    await writeIndex(folder.path, [
      at(v6, 'linux', 'arm', 'v6'),
      at(v7, 'linux', 'arm', 'v7'),
      at(amd3, 'linux', 'amd64', 'v3'),
      at(amd, 'linux', 'amd64'),
    ]);
    const pick = async (platform: string): Promise<string> =>
      (await openImage(`oci:${folder.path}`, { platform: parsePlatform(platform) ?? undefined })).manifest
        .digest;
    expect(await pick('linux/arm')).toBe(v7.digest);
    expect(await pick('linux/arm/v6')).toBe(v6.digest);
    expect(await pick('linux/amd64')).toBe(amd.digest);
    expect(await pick('linux/amd64/v3')).toBe(amd3.digest);
    await expect(pick('linux/arm/v5')).rejects.toMatchObject({
      message: 'has no image for linux/arm/v5',
      hint: expect.stringContaining('linux/arm/v6, linux/arm/v7, linux/amd64/v3') as string,
    });
  });

  it('with several for one platform are refused, saying what there is', async () => {
    await using folder = await scratch();
    const one = at(await image(folder.path, 'amd64'), 'linux', 'amd64');
    const other = at(await writeImage(folder.path, { layers: [layer] }), 'linux', 'amd64');
    await writeIndex(folder.path, [one, other]);
    const open = openImage(`oci:${folder.path}`, { platform: { os: 'linux', architecture: 'amd64' } });
    await expect(open).rejects.toMatchObject({
      message: 'has several images for linux/amd64',
      hint: expect.stringContaining(one.digest.slice(0, 19)) as string,
    });
    expect((await openImage(`oci:${folder.path}:@1`)).manifest.digest).toBe(other.digest);
    await expect(openImage(`oci:${folder.path}:@2`)).rejects.toThrow('has 2 images, none at "@2"');
  });

  it('inside indexes are looked through, the outermost is what counts', async () => {
    await using folder = await scratch();
    const amd = at(await image(folder.path, 'amd64'), 'linux', 'amd64');
    const arm = at(await image(folder.path, 'arm64'), 'linux', 'arm64');
    const inner = await writeNested(folder.path, [arm]);
    const outer = await writeNested(folder.path, [inner, amd]);
    await writeIndex(folder.path, [outer]);
    const found = await openImage(`oci:${folder.path}`, {
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    });
    expect([found.index, found.manifest.digest]).toEqual([outer.digest, arm.digest]);
  });
});

describe('artifacts', () => {
  const artifact = async (folder: string, blobs: string[], type?: string): Promise<string> => {
    const config = await writeBlob(folder, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
    const layers = [];
    for (const text of blobs) layers.push(await writeBlob(folder, Buffer.from(text), 'text/plain'));
    const manifest = { config, layers, ...(type === undefined ? {} : { artifactType: type }) };
    await writeIndex(folder, [await writeImage(folder, { layers: [], manifest })]);
    return `oci:${folder}`;
  };

  it('are compared blob by blob, and an equal empty config is not enough', async () => {
    await using one = await scratch();
    await using same = await scratch();
    await using other = await scratch();
    const a = await artifact(one.path, ['x', 'y'], 'a/b');
    const c = await artifact(other.path, ['x', 'z'], 'a/b');
    expect(await diff(a, await artifact(same.path, ['x', 'y']))).toMatchObject({
      rung: 'config',
      identical: true,
      artifact: { a: 'a/b', b: 'application/vnd.oci.empty.v1+json' },
    });
    const result = await diff(a, c);
    expect(result).toMatchObject({ rung: 'none', identical: false });
    expect(result.manifest.map(({ pointer }) => pointer)).toEqual(['/layers/1/digest']);
  });

  it('with a broken blob, or an image beside them, are never equal', async () => {
    await using one = await scratch();
    await using other = await scratch();
    const a = await artifact(one.path, ['x'], 'a/b');
    await writeIndex(other.path, [await writeImage(other.path, { layers: [layer] })]);
    await expect(diff(a, `oci:${other.path}`)).rejects.toMatchObject({ code: 'unsupported' });
    await writeFile(join(one.path, 'blobs', digestOf(Buffer.from('x')).replace(':', '/')), 'y');
    await expect(diff(a, a)).rejects.toMatchObject({ code: 'image-invalid' });
  });
});
