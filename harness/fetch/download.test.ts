import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorLine } from '../errors.ts';
import type { LockedFile } from '../lock/types.ts';
import { Connections } from '../net/connections.ts';
import { prepareCache } from './cache.ts';
import { knownRedirects } from './redirects.ts';
import { download } from './download.ts';
import type { Downloaded } from './download.ts';
import { breakAfter, inTurn, lockedFile, QUICK, serve, someBytes } from './testing/server.ts';
import { stallAfter, startServer, status, tempFolder } from './testing/server.ts';
import type { Answer } from './testing/server.ts';

const DATA = someBytes();
const OTHER = someBytes();

interface Trial {
  result: Downloaded | string;
  requests: string[];
  /** What lies in the cache afterwards. */
  bytes: Buffer | null;
  parts: string[];
  counted: number;
  /** What is remembered of redirects: URL, status, where to. */
  way: string[];
}

/** Downloads `a/file` from a server that also has a mirror under `b/`. */
const attempt = (answers: Record<string, Answer>, locked: Partial<LockedFile> = {}): Promise<Trial> =>
  attemptFor({ ...lockedFile('', DATA), ...locked }, answers);

async function attemptFor(locked: LockedFile, answers: Record<string, Answer>): Promise<Trial> {
  await using server = await startServer(answers);
  await using folder = await tempFolder();
  await using closing = new Closing();
  await prepareCache(folder.path);
  const file = { ...locked, url: `${server.url}a/file` };
  const origins = [{ url: `${server.url}a/`, mirrors: [`${server.url}b/`] }];
  let counted = 0;
  const onBytes = (bytes: number): void => void (counted += bytes);
  const transfer = {
    cache: folder.path,
    origins,
    connections: closing.connections,
    patience: QUICK,
    onBytes,
  };
  const result = await download(file, transfer).catch((error: unknown) =>
    errorLine(error).replaceAll(server.url, ''),
  );
  const bytes = typeof result === 'string' ? null : await readFile(result.path);
  if (typeof result !== 'string') result.from = result.from.replace(server.url, '');
  const parts = await readdir(join(folder.path, 'partial'));
  const way = (await knownRedirects(folder.path, file.url)).map(({ url, status: code, location }) =>
    `${url} ${code} ${location}`.replaceAll(server.url, ''),
  );
  return { result, requests: server.requests, bytes, parts, counted, way };
}

class Closing implements AsyncDisposable {
  readonly connections = new Connections({ patience: QUICK, perHost: 2 });
  [Symbol.asyncDispose](): Promise<void> {
    return this.connections.close();
  }
}

/** Asked for again, but for what had come: what is on its way when a connection breaks may get lost. */
const resumed = (path: string): string =>
  expect.stringMatching(new RegExp(`^${path} bytes=[1-9][0-9]{2,4}-$`)) as string;

describe('download of a file without a checksum', () => {
  it('begins anew when the connection breaks: nobody could tell that two halves belong together', async () => {
    const answers = { 'a/file': inTurn(breakAfter(OTHER, 50_000), serve(DATA)) };
    const bare = { url: '', repoid: 'test' };
    const { result, bytes, requests, parts } = await attemptFor(bare, answers);
    expect(result).toMatchObject({ retries: 1 });
    expect(bytes?.equals(DATA)).toBe(true);
    expect(requests).toEqual(['a/file', 'a/file']);
    expect(parts).toEqual([]);
  });

  it('leaves nothing behind that could be taken up', async () => {
    const bare = { url: '', repoid: 'test' };
    const { result, parts } = await attemptFor(bare, { 'a/file': breakAfter(DATA, 50_000) });
    expect(result).toContain('input-unavailable');
    expect(parts).toEqual([]);
  });
});

describe('download', () => {
  it('puts the file into the cache and leaves no part behind', async () => {
    const trial = await attempt({ 'a/file': serve(DATA) });
    expect(trial).toMatchObject({ result: { from: 'a/file', retries: 0 }, requests: ['a/file'], parts: [] });
    expect(trial.bytes?.equals(DATA)).toBe(true);
    expect(trial.counted).toBe(DATA.length);
  });

  it('resumes after a break, where it stopped', async () => {
    const { result, requests, bytes } = await attempt({
      'a/file': inTurn(breakAfter(DATA, 70_000), serve(DATA)),
    });
    expect(result).toMatchObject({ from: 'a/file', retries: 1 });
    expect(requests).toEqual(['a/file', resumed('a/file')]);
    expect(bytes?.equals(DATA)).toBe(true);
  });

  it('does not give up while every try brings it further', async () => {
    const piece: Answer = (request, response) => {
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      const range = `bytes ${start}-${DATA.length - 1}/${DATA.length}`;
      const length = DATA.length - start;
      response.writeHead(start > 0 ? 206 : 200, { 'content-length': length, 'content-range': range });
      const chunk = DATA.subarray(start, start + 30_000);
      response.write(chunk, () => setTimeout(() => response.socket?.destroy(), 20));
    };
    const { result, bytes } = await attempt({ 'a/file': piece });
    expect(result).toMatchObject({ retries: 6 });
    expect(bytes?.equals(DATA)).toBe(true);
  });

  it.each<[string, Answer]>([
    ['ignores ranges', (_, response) => void response.writeHead(200).end(DATA)],
    ['answers with another range', inTurn(wrongRange, serve(DATA))],
    ['says that there is no such range', inTurn(status(416), serve(DATA))],
  ])('begins again when the server %s', async (_what, second) => {
    const trial = await attempt({ 'a/file': inTurn(breakAfter(DATA, 70_000), second) });
    expect(trial.bytes?.equals(DATA)).toBe(true);
    expect(trial.counted).toBe(DATA.length);
  });

  it('goes on at the mirror with what the first origin sent', async () => {
    const answers = { 'a/file': breakAfter(DATA, 70_000), 'b/file': serve(DATA) };
    const { result, requests } = await attempt({
      ...answers,
      'a/file': inTurn(answers['a/file'], status(404)),
    });
    expect(result).toMatchObject({ from: 'b/file' });
    expect(requests).toEqual(['a/file', resumed('a/file'), resumed('b/file')]);
  });

  it('does not check it against the mirror that the first bytes came from a liar', async () => {
    const answers = { 'a/file': inTurn(breakAfter(OTHER, 70_000), status(404)), 'b/file': serve(DATA) };
    const { result, requests, bytes } = await attempt(answers);
    expect(result).toMatchObject({ from: 'b/file' });
    expect(requests.slice(2)).toEqual([resumed('b/file'), 'b/file']);
    expect(bytes?.equals(DATA)).toBe(true);
  });

  it.each<[string, Answer, string]>([
    ['other bytes', serve(OTHER), 'checksum sha256:'],
    ['fewer bytes', serve(DATA.subarray(1)), '199999 bytes instead of 200000'],
    ['more bytes', serve(Buffer.concat([DATA, DATA])), '400000 bytes instead of 200000'],
    ['fewer bytes in chunks', shorterInChunks, '199999 bytes instead of 200000'],
    ['bytes without end', endless, 'more than the 200000 bytes that it may have'],
    ['an early end', (_, response) => void response.end(DATA.subarray(9)), '199991 bytes instead of 200000'],
  ])(
    'takes the mirror when there are %s, and tells both when there is none',
    async (_what, lie, reported) => {
      const good = await attempt({ 'a/file': lie, 'b/file': serve(DATA) });
      expect(good).toMatchObject({ result: { from: 'b/file' }, counted: DATA.length, parts: [] });
      const bad = await attempt({ 'a/file': lie });
      expect(bad.result).toContain('input-mismatch: thing 1.0-1 is not what the lock says: a/file: ');
      expect(bad.result).toContain(reported);
      expect(bad.result).toContain('b/file: not there (HTTP 404)');
      expect(bad).toMatchObject({ parts: [], bytes: null });
    },
  );

  it.each([404, 410])('is unavailable when every origin says %d', async (code) => {
    const { result, requests } = await attempt({ 'a/file': status(code) });
    expect(result).toMatch(
      `input-unavailable: thing 1.0-1 cannot be had: a/file: not there (HTTP ${code}); b/file: not there (HTTP 404)`,
    );
    expect(requests).toEqual(['a/file', 'b/file']);
  });

  it.each([
    [500, 3],
    [503, 3],
    [429, 3],
    [403, 1],
    [401, 1],
    [204, 1],
    [304, 1],
  ])('tries again only where that can help: %d', async (code, tries) => {
    const { result, requests } = await attempt({ 'a/file': status(code) });
    expect(result).toContain(`input-unavailable`);
    expect(requests.filter((path) => path === 'a/file')).toHaveLength(tries);
    if (tries > 1) expect(result).toContain(`HTTP ${code} (3 tries)`);
  });

  it('counts tries that helped', async () => {
    const { result } = await attempt({ 'a/file': inTurn(status(502), status(500), serve(DATA)) });
    expect(result).toMatchObject({ retries: 2 });
  });

  it.each([301, 302, 303, 307, 308])('follows redirects: %d', async (code) => {
    const answers = { 'a/file': status(code, { location: '../c/d' }), 'c/d': serve(DATA) };
    const { result, way } = await attempt(answers);
    expect(result).toMatchObject({ from: 'a/file' });
    expect(way).toEqual([`a/file ${code} c/d`]);
  });

  it("keeps the way of the lock's URL only", async () => {
    const answers = { 'b/file': status(302, { location: '../c/d' }), 'c/d': serve(DATA) };
    const { result, way } = await attempt(answers);
    expect(result).toMatchObject({ from: 'b/file' });
    expect(way).toEqual([]);
  });

  it.each([
    ['/a/file', 'more than 10 redirects'],
    ['file:///etc/passwd', 'a redirect to "file:"'],
    ['http://[', 'a redirect to nowhere'],
  ])('does not follow a redirect to %s', async (location, reported) => {
    const { result } = await attempt({ 'a/file': status(302, { location }) });
    expect(result).toContain(`a/file: ${reported}`);
  });

  it('leaves a connection that stalls, and keeps what it got', async () => {
    const resumed = await attempt({ 'a/file': inTurn(stallAfter(DATA, 90_000), serve(DATA)) });
    expect(resumed.requests).toEqual(['a/file', 'a/file bytes=90000-']);
    const silent = await attempt({ 'a/file': () => undefined });
    expect(silent.result).toContain('a/file: stalled (3 tries)');
  });

  it('takes a trickle for a stall', async () => {
    const trickle: Answer = (_request, response) => {
      response.writeHead(200, { 'content-length': DATA.length });
      const timer = setInterval(() => response.write(DATA.subarray(0, 1)), 50);
      response.on('close', () => clearInterval(timer));
    };
    const { result } = await attempt({ 'a/file': inTurn(trickle, status(404)) });
    expect(result).toContain('input-unavailable');
  });

  it('does not take the end of a connection for the end of the file', async () => {
    const { result, bytes } = await attempt({ 'a/file': inTurn(endsWithConnection, serve(DATA)) });
    expect(result).toMatchObject({ from: 'a/file', retries: 1 });
    expect(bytes?.equals(DATA)).toBe(true);
  });

  it('gives up on a server that never gets further, however much it sends', async () => {
    const { result, requests } = await attempt({ 'a/file': endsWithConnection });
    expect(result).toContain('input-unavailable');
    expect(requests.length).toBeLessThan(10);
  });

  it('keeps the part of a download that failed for the next try', async () => {
    const { parts } = await attempt({ 'a/file': inTurn(breakAfter(DATA, 70_000), status(404)) });
    expect(parts).toHaveLength(1);
  });
});

function wrongRange(...[, response]: Parameters<Answer>): void {
  response
    .writeHead(206, { 'content-range': `bytes 5-${DATA.length - 1}/${DATA.length}` })
    .end(DATA.subarray(5));
}

function shorterInChunks(...[, response]: Parameters<Answer>): void {
  response.write(DATA.subarray(1, 9));
  response.end(DATA.subarray(9));
}

/** Neither says how long the answer is. */
function endsWithConnection(...[, response]: Parameters<Answer>): void {
  response.socket?.end(
    Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'), DATA.subarray(0, 70_000)]),
  );
}

function endless(...[, response]: Parameters<Answer>): void {
  const timer = setInterval(() => response.write(DATA), 1);
  response.on('close', () => clearInterval(timer));
}
