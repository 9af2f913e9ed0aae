import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { tar } from '../../testing/oci/tar/tar.ts';
import { openImage } from '../open.ts';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import {
  HASTY,
  onBlob,
  onManifest,
  OPTIONS,
  startRegistry,
  type Trick,
} from '../../testing/oci/registry/registry.ts';

const layer = tar([{ name: 'a', content: randomBytes(300_000).toString('latin1') }]);

/** Reads all blobs of an image from a registry that plays a trick. @returns the requests it got */
async function read(trick: Trick, options = OPTIONS): Promise<string[]> {
  await using folder = await scratch();
  await writeLayout(folder.path, { layers: [layer], compress: 'none' });
  await using registry = await startRegistry(folder.path, trick);
  const image = await openImage(`docker://${registry.host}/r/image`, { registry: options });
  try {
    for (const { descriptor } of image.layers) {
      const pieces = image.readBlob(descriptor)[Symbol.asyncIterator]();
      while ((await pieces.next()).done !== true);
    }
  } finally {
    await image.close();
  }
  return registry.requests;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Sends for ever. */
function endless(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, 0x20);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

/** Sends a byte at a time, for ever. */
function trickle(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}

/** Leaves the config, which comes first, alone. */
const onLayer = (answer: Parameters<typeof onBlob>[0]): Trick => {
  let blobs = 0;
  const trick = onBlob(answer);
  return (request, response) =>
    request.url?.includes('/blobs/') === true && ++blobs > 1 && trick(request, response);
};

describe('a registry that misbehaves', () => {
  const cases: [what: string, trick: Trick, message: string][] = [
    [
      'no manifest but a page',
      onManifest((_, r) => r.setHeader('content-type', 'text/html').end('<html>')),
      'type "text/html"',
    ],
    [
      'a manifest as something else',
      onManifest((_, r) => r.setHeader('content-type', 'image/png').end('{}')),
      'type "image/png", no manifest',
    ],
    [
      'a manifest as another kind of manifest',
      onManifest((_, r) => {
        r.setHeader('content-type', 'application/vnd.oci.image.index.v1+json');
        r.end(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST }));
      }),
      'but says that it is',
    ],
    ['a manifest that never ends', onManifest((_, r) => endless(r)), 'more than 16777216 bytes'],
    [
      'another digest than it claims',
      onManifest((_, r) => {
        r.setHeader('content-type', MANIFEST).setHeader('docker-content-digest', `sha256:${'0'.repeat(64)}`);
        r.end('{}');
      }),
      'Docker-Content-Digest',
    ],
    [
      'a claim that is no digest',
      onManifest((_, r) => r.setHeader('docker-content-digest', '../x').end('{}')),
      'not a digest',
    ],
    ['schema 1', onManifest((_, r) => r.end('{"schemaVersion":1,"name":"x","fsLayers":[]}')), 'schema 1'],
    ['redirects in a circle', onManifest((q, r) => r.writeHead(307, { location: q.url }).end()), 'redirects'],
    ['redirects to nowhere', onManifest((_, r) => r.writeHead(307).end()), 'redirect to nowhere'],
    [
      'redirects to files',
      onManifest((_, r) => r.writeHead(307, { location: 'file:///etc/passwd' }).end()),
      'a redirect to "file:"',
    ],
    ['always too many requests', onManifest((_, r) => r.writeHead(429).end()), 'HTTP 429'],
    [
      'too many requests until tomorrow',
      onManifest((_, r) => r.writeHead(429, { 'retry-after': '86400' }).end()),
      'come back in 86400 s',
    ],
    ['always a fault of its own', onManifest((_, r) => r.writeHead(503).end()), 'HTTP 503'],
    [
      'what steers a terminal',
      onManifest((_, r) => r.writeHead(400).end('{"errors":[{"code":"X","message":"\\u001b[2J"}]}')),
      'HTTP 400, X: \\x1b[2J',
    ],
    [
      'an unknown login',
      (_, r) => (r.writeHead(401, { 'www-authenticate': 'Negotiate' }).end(), true),
      'unknown kind',
    ],
    [
      'a token server without encryption elsewhere',
      (_, r) => (r.writeHead(401, { 'www-authenticate': 'Bearer realm="http://example.org/"' }).end(), true),
      'only there by plain HTTP',
    ],
    ['other bytes in a blob', onLayer((_, r) => r.end(Buffer.alloc(layer.length))), 'instead of sha256:'],
    ['a blob that never ends', onBlob((_, r) => endless(r)), 'more than the'],
    [
      'a blob of another size',
      onBlob((_, r) => r.setHeader('content-length', 7).end('1234567')),
      '7 bytes instead of',
    ],
    ['a blob that breaks off each time', onBlob((_, r) => void r.destroy()), 'broken off'],
    [
      'a blob that is compressed on the way',
      onBlob((_, r) => r.setHeader('content-encoding', 'gzip').end('x')),
      'content encoding',
    ],
    ['a blob that is gone', onBlob((_, r) => r.writeHead(404).end()), 'not there'],
  ];

  const slow: typeof cases = [
    ['a manifest that comes slowly', onManifest((_, r) => trickle(r)), 'took too long'],
    ['no answer at all', onManifest(() => undefined), 'stalled'],
    ['a blob that comes slowly', onBlob((_, r) => trickle(r)), 'bytes a second'],
  ];

  const refused = async (trick: Trick, message: string, options = OPTIONS): Promise<void> => {
    const failed = read(trick, options).then(
      () => new Error('was taken'),
      (error: unknown) => error as Error,
    );
    const { name, message: reported, where = '' } = (await failed) as Error & { where?: string };
    expect(name, reported).toBe('TwinproofError');
    expect(`${where} ${reported}`).toContain(message);
    expect(`${where} ${reported}`).not.toContain('\n');
  };

  it.each(cases)('%s is refused, with one line', (_, trick, message) => refused(trick, message));

  it.each(slow)('%s is not waited for', (_, trick, message) => refused(trick, message, HASTY));

  it('must send what it is asked for by digest', async () => {
    await using folder = await scratch();
    await writeLayout(folder.path, { layers: [layer] });
    const lying = onManifest((_, r) => r.setHeader('content-type', MANIFEST).end('{"schemaVersion":2}'));
    await using registry = await startRegistry(folder.path, lying);
    const name = `docker://${registry.host}/r/image@sha256:${'1'.repeat(64)}`;
    await expect(openImage(name, { registry: OPTIONS })).rejects.toMatchObject({ code: 'image-invalid' });
  });

  it('is no registry when it knows no /v2/', async () => {
    const trick: Trick = (request, response) =>
      request.url === '/v2/' && (response.writeHead(404).end(), true);
    await expect(read(trick)).rejects.toThrow('is it a registry?');
  });
});

describe('a registry in trouble', () => {
  it('is asked again, and a broken blob is taken up where it broke off', async () => {
    let blobs = 0;
    let manifests = 0;
    const requests = await read((request, response) => {
      const path = request.url ?? '';
      if (path.includes('/manifests/latest') && ++manifests < 3) {
        response.writeHead(manifests === 1 ? 503 : 429, { 'retry-after': '0' }).end();
        return true;
      }
      // The config comes first; the layer breaks off in the middle.
      if (!path.includes('/blobs/') || ++blobs !== 2) return false;
      response.writeHead(200, { 'content-length': layer.length });
      response.write(layer.subarray(0, 100_000), () => setTimeout(() => response.socket?.destroy(), 50));
      return true;
    });
    expect(manifests).toBe(3);
    const last = requests.at(-1) ?? '';
    expect(last).toMatch(/^GET \/v2\/r\/image\/blobs\/sha256:[0-9a-f]+ bytes=\d+-$/);
    expect(Number(/bytes=(\d+)/.exec(last)?.[1])).toBeGreaterThan(0);
  });

  it('that mixes bytes of two blobs while resuming is asked for the whole once more', async () => {
    let blobs = 0;
    await read((request, response) => {
      if (request.url?.includes('/blobs/') !== true || ++blobs !== 2) return false;
      response.writeHead(200, { 'content-length': layer.length });
      response.write(Buffer.alloc(100_000), () => setTimeout(() => response.socket?.destroy(), 50));
      return true;
    });
    expect(blobs).toBe(4);
  });

  it('that ignores ranges sends all of it again', async () => {
    let blobs = 0;
    await read((request, response) => {
      if (request.url?.includes('/blobs/') !== true || ++blobs < 2) return false;
      response.writeHead(200, { 'content-length': layer.length });
      if (blobs > 2) response.end(layer);
      else response.write(layer.subarray(0, 100_000), () => setTimeout(() => response.socket?.destroy(), 50));
      return true;
    });
    expect(blobs).toBe(3);
  });
});
