import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { sha256 } from '../../../model/digest.ts';

/** A real HTTP server for tests that keeps what is pushed to it, in memory. */
export interface KeepingRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** By tag and by digest. */
  manifests: Map<string, { type: string; bytes: Buffer }>;
  blobs: Map<string, Buffer>;
}

interface Behaviour {
  /** Whether it has the referrers API. */
  referrers: boolean;
  /** What is kept of a manifest that is pushed under a tag. */
  onTagged?: (bytes: Buffer) => Buffer;
}

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

export async function startKeepingRegistry(behaviour: Behaviour): Promise<KeepingRegistry> {
  const kept: Kept = { manifests: new Map(), blobs: new Map() };
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { status, headers = {}, bytes = Buffer.of() } = answer(kept, behaviour, request, body);
      response.writeHead(status, { 'content-length': bytes.length, ...headers });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    ...kept,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Kept = Pick<KeepingRegistry, 'manifests' | 'blobs'>;

interface Said {
  status: number;
  headers?: Record<string, string>;
  bytes?: Buffer;
}

function answer(kept: Kept, behaviour: Behaviour, request: IncomingMessage, body: Buffer): Said {
  const url = new URL(request.url ?? '', 'http://registry.invalid');
  const [, kind = '', version = ''] =
    /\/(manifests|blobs\/uploads|blobs|referrers)\/([^/]*)$/.exec(url.pathname) ?? [];
  if (url.pathname === '/v2/') return { status: 200 };
  switch (`${request.method ?? ''} ${kind}`) {
    case 'POST blobs/uploads':
      return { status: 202, headers: { location: `${url.pathname}1` } };
    case 'PUT blobs/uploads':
      kept.blobs.set(url.searchParams.get('digest') ?? '', body);
      return { status: 201 };
    case 'PUT manifests':
      return stored(kept, behaviour, { version, type: request.headers['content-type'] ?? '', body });
    case 'GET referrers':
      return behaviour.referrers ? json(referrersOf(kept, version)) : { status: 404 };
    default: {
      const { type = 'application/octet-stream', bytes } =
        kind === 'manifests' ? (kept.manifests.get(version) ?? {}) : { bytes: kept.blobs.get(version) };
      return bytes === undefined
        ? { status: 404 }
        : { status: 200, headers: { 'content-type': type }, bytes };
    }
  }
}

const json = (value: object): Said => ({
  status: 200,
  headers: { 'content-type': OCI_INDEX },
  bytes: Buffer.from(JSON.stringify(value)),
});

function stored(
  { manifests }: Kept,
  { referrers, onTagged }: Behaviour,
  { version, type, body }: { version: string; type: string; body: Buffer },
): Said {
  const bytes = version.startsWith('sha256:') ? body : (onTagged?.(body) ?? body);
  manifests.set(version, { type, bytes }).set(sha256(bytes), { type, bytes });
  const subject = subjectOf(bytes);
  return { status: 201, headers: referrers && subject !== null ? { 'oci-subject': subject } : {} };
}

const subjectOf = (bytes: Buffer): string | null =>
  (JSON.parse(bytes.toString()) as { subject?: { digest: string } }).subject?.digest ?? null;

function referrersOf({ manifests }: Kept, subject: string): object {
  const entries = [...manifests].flatMap(([version, { type, bytes }]) => {
    if (!version.startsWith('sha256:') || subjectOf(bytes) !== subject) return [];
    const { artifactType } = JSON.parse(bytes.toString()) as { artifactType?: string };
    return [{ mediaType: type, digest: version, size: bytes.length, artifactType }];
  });
  return { schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries };
}
