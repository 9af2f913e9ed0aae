import { createHash } from 'node:crypto';
import { chmod, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorLine } from '../errors.ts';
import type { LockedFile } from '../lock/types.ts';
import { cachedPath } from './cache.ts';
import { prefetch } from './prefetch.ts';
import type { PrefetchOptions, PrefetchProgress } from './prefetch.ts';
import { QUICK, breakAfter, inTurn, lockedFile, serve, someBytes } from './testing/server.ts';
import { startServer, status, tempFolder } from './testing/server.ts';
import type { Answer } from './testing/server.ts';

const FILES = Array.from({ length: 6 }, (_, i) => someBytes(10_000 + i));
const [FIRST = Buffer.alloc(0)] = FILES;

/** A cache of its own and a server of `FILES` under `a/<number>`. */
async function scene(answers: Record<string, Answer> = {}) {
  const good = Object.fromEntries(FILES.map((bytes, i) => [`a/${i}`, serve(bytes)]));
  const server = await startServer({ ...good, ...answers });
  const folder = await tempFolder();
  const files = FILES.map((bytes, i): LockedFile => lockedFile(`${server.url}a/${i}`, bytes));
  const get = (wanted: LockedFile[], options: Partial<PrefetchOptions> = {}) =>
    prefetch(wanted, { origins: [], cache: folder.path, patience: QUICK, ...options }).catch(
      (error: unknown) => errorLine(error).replaceAll(server.url, ''),
    );
  const dispose = async (): Promise<void> => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  return { server, folder: folder.path, files, get, [Symbol.asyncDispose]: dispose };
}

const contents = (paths: Map<string, string> | string): Promise<Buffer[]> =>
  typeof paths === 'string'
    ? Promise.reject(new Error(paths))
    : Promise.all([...paths.values()].map((path) => readFile(path)));

describe('prefetch', () => {
  it('gets everything, several at a time and never more than it may', async () => {
    let open = 0;
    let most = 0;
    const slow =
      (bytes: Buffer): Answer =>
      (request, response) => {
        open += 1;
        most = Math.max(most, open);
        setTimeout(() => {
          open -= 1;
          serve(bytes)(request, response);
        }, 30);
      };
    await using s = await scene(Object.fromEntries(FILES.map((bytes, i) => [`a/${i}`, slow(bytes)])));
    expect(await contents(await s.get(s.files, { concurrency: 3 }))).toEqual(FILES);
    expect(most).toBe(3);
  });

  it('takes a size that the lock does not give as it comes', async () => {
    await using s = await scene();
    const { url, repoid, checksum = '' } = lockedFile(`${s.server.url}a/0`, FIRST);
    const unsized = { url, repoid, checksum };
    expect(await contents(await s.get([unsized]))).toEqual([FIRST]);
    expect(await contents(await s.get([unsized], { offline: true }))).toEqual([FIRST]);
  });

  it('asks each time for what no checksum proves, and keeps it by what it is', async () => {
    await using s = await scene({ 'c/0': serve(FILES[1] ?? FIRST) });
    const bare = [`${s.server.url}a/0`, `${s.server.url}c/0`].map((url) => ({ url, repoid: 'r' }));
    for (const round of [1, 2]) {
      const paths = await s.get(bare);
      expect(await contents(paths)).toEqual(FILES.slice(0, 2));
      expect(typeof paths === 'string' ? '' : paths.get(bare[0]?.url ?? '')).toBe(
        cachedPath(s.folder, lockedFile('', FIRST).checksum ?? ''),
      );
      expect(s.server.requests).toHaveLength(2 * round);
    }
    expect(await s.get(bare, { offline: true })).toContain('0 is not in the cache, and this run is offline');
  });

  it('checks a size and a weak checksum all the same', async () => {
    await using s = await scene();
    const md5 = `md5:${createHash('md5').update(FIRST).digest('hex')}`;
    const file = { url: `${s.server.url}a/0`, repoid: 'r', checksum: md5 };
    expect(await contents(await s.get([file]))).toEqual([FIRST]);
    expect(await s.get([{ ...file, checksum: md5.replace(/.$/, md5.endsWith('0') ? '1' : '0') }])).toContain(
      'input-mismatch: 0 is not what the lock says: a/0: checksum md5:',
    );
    expect(await s.get([{ ...file, size: FIRST.length + 1 }])).toContain('input-mismatch');
    expect(await s.get([{ ...file, size: FIRST.length - 1 }])).toContain('input-mismatch');
  });

  it('asks for one content once, however many name it, and tells every URL where it is', async () => {
    await using s = await scene({ 'b/0': status(500) });
    const first = s.files[0] ?? lockedFile('', FIRST);
    const twin = { ...first, url: `${s.server.url}b/0` };
    const paths = await s.get([first, twin]);
    expect(await contents(paths)).toEqual([FILES[0], FILES[0]]);
    expect(s.server.requests).toEqual(['a/0']);
  });

  it('touches no network when all is there, also offline; offline it names what is not', async () => {
    await using s = await scene();
    expect(await s.get(s.files.slice(0, 2), { offline: true })).toMatch(
      /^input-unavailable: 2 files: thing 1\.0-1 is not in the cache, and this run is offline/,
    );
    expect(s.server.requests).toEqual([]);
    await s.get(s.files);
    const asked = s.server.requests.length;
    expect(await contents(await s.get(s.files, { offline: true }))).toEqual(FILES);
    expect(s.server.requests).toHaveLength(asked);
  });

  it('takes up in a second run what the first one got before it broke off', async () => {
    const [bytes = Buffer.alloc(0)] = FILES;
    const broken = breakAfter(bytes, 4_000);
    await using s = await scene({
      'a/0': inTurn(broken, status(503), status(503), status(503), serve(bytes)),
    });
    const wanted = s.files.slice(0, 1);
    expect(await s.get(wanted)).toMatch(/^input-unavailable: thing 1\.0-1 cannot be had/);
    expect(await contents(await s.get(wanted))).toEqual([bytes]);
    expect(s.server.requests.at(-1)).toBe('a/0 bytes=4000-');
  });

  it('goes on to the next origin for what one does not have or has with other bytes', async () => {
    const [one = Buffer.alloc(0), two = Buffer.alloc(0)] = FILES;
    await using s = await scene({
      'a/0': status(404),
      'a/1': serve(someBytes(two.length)),
      'm/0': status(404),
      'm/1': status(404),
      'n/0': serve(one),
      'n/1': serve(two),
    });
    const origins = [{ url: `${s.server.url}a/`, mirrors: [`${s.server.url}m/`, `${s.server.url}n/`] }];
    expect(await contents(await s.get(s.files.slice(0, 2), { origins }))).toEqual([one, two]);
  });

  it('tells of all that failed, other bytes first, and keeps what worked', async () => {
    const [, two = Buffer.alloc(0)] = FILES;
    await using s = await scene({ 'a/0': status(404), 'a/1': serve(someBytes(two.length)) });
    const reported = await s.get(s.files.slice(0, 3));
    expect(reported).toMatch(
      /^input-mismatch: 2 files: thing 1\.0-1 is not what the lock says: .* · input-unavailable: /,
    );
    expect(await contents(await s.get(s.files.slice(2, 3), { offline: true }))).toEqual([FILES[2]]);
  });

  it('refuses one checksum with two sizes', async () => {
    await using s = await scene();
    const first = s.files[0] ?? lockedFile('', FIRST);
    expect(await s.get([first, { ...first, size: 1 }])).toMatch(
      /^lock-invalid: .* have one checksum and two sizes/,
    );
  });

  it('counts files and bytes up to all of them', async () => {
    await using s = await scene();
    await s.get(s.files.slice(0, 2));
    const reported: PrefetchProgress[] = [];
    await s.get(s.files, { onProgress: (progress) => void reported.push(progress) });
    const bytes = FILES.reduce((sum, { length }) => sum + length, 0);
    expect(reported.at(-1)).toEqual({
      files: 6,
      filesDone: 6,
      bytes,
      bytesDone: bytes,
      downloads: 4,
      retries: 0,
    });
  });

  it('ends when it is told to', async () => {
    await using s = await scene({ 'a/0': () => undefined });
    const stop = new AbortController();
    const ended = s.get(s.files.slice(0, 1), { signal: stop.signal, patience: { ...QUICK, stall: 60_000 } });
    setTimeout(() => stop.abort(), 50);
    expect(await ended).toMatch(/^interrupted: /);
  });
});

describe('a cached file that went bad', () => {
  const damages: [string, (path: string) => Promise<void>][] = [
    ['cut off', (path) => writeFile(path, FIRST.subarray(0, 100))],
    ['grown', (path) => writeFile(path, Buffer.concat([FIRST, Buffer.from('x')]))],
    ['emptied', (path) => writeFile(path, '')],
    ['of other bytes with the same size and time', changeOneByte],
  ];

  it.each(damages)('%s is noticed and fetched again', async (_name, damage) => {
    await using s = await scene();
    const wanted = s.files.slice(0, 1);
    await s.get(wanted);
    const path = cachedPath(s.folder, wanted[0]?.checksum ?? '');
    await chmod(path, 0o644);
    await damage(path);
    expect(await contents(await s.get(wanted))).toEqual([FILES[0]]);
    expect(s.server.requests).toEqual(['a/0', 'a/0']);
  });

  it('is not handed out offline, nor when no origin has it any more', async () => {
    await using s = await scene({ 'a/0': inTurn(serve(FIRST), status(404)) });
    const wanted = s.files.slice(0, 1);
    await s.get(wanted);
    const path = cachedPath(s.folder, wanted[0]?.checksum ?? '');
    await rm(path);
    await writeFile(path, someBytes(FILES[0]?.length));
    expect(await s.get(wanted, { offline: true })).toMatch(/^input-unavailable: .* is not in the cache/);
    expect(await s.get(wanted)).toMatch(/^input-unavailable: .*not there \(HTTP 404\)/);
  });
});

async function changeOneByte(path: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  const bytes = Buffer.from(await readFile(path));
  bytes[500] = (bytes[500] ?? 0) ^ 1;
  await writeFile(path, bytes);
  await utimes(path, atime, mtime);
}
