import { createReadStream } from 'node:fs';
import { redirectTarget } from '../../net/redirect.ts';
import { retrying } from '../../net/retry.ts';
import type { RegistrySession } from './session.ts';

/** What is to be stored: a file, or bytes in memory. */
export interface Upload {
  digest: string;
  size: number;
  from: string | Uint8Array;
}

/**
 * Stores a blob that the repository does not have yet (distribution spec "Pushing a blob monolithically").
 * @throws TwinproofError input-unavailable when the registry does not take it
 */
export async function uploadBlob(session: RegistrySession, upload: Upload): Promise<void> {
  const path = session.path('blobs', upload.digest);
  await attempt(session, path, async () => {
    const { response } = await session.send(path, { method: 'HEAD', expected: [200, 404] });
    if (response.statusCode === 404) await store(session, upload);
  });
}

async function store(session: RegistrySession, { digest, size, from }: Upload): Promise<void> {
  const { response, url } = await session.send(session.path('blobs/uploads', ''), {
    method: 'POST',
    headers: { 'content-length': '0' },
    expected: [202],
  });
  const place = redirectTarget(url, response.headers.location, url.protocol === 'http:');
  place.searchParams.set('digest', digest);
  await session.send(place, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
    body: () => (typeof from === 'string' ? createReadStream(from) : from),
    expected: [201],
  });
}

/**
 * Stores a manifest under the tag or digest that the session's image has.
 * @throws TwinproofError input-unavailable when the registry does not take it
 */
export async function uploadManifest(
  session: RegistrySession,
  bytes: Uint8Array,
  mediaType: string,
): Promise<void> {
  const path = session.path('manifests', session.name.version);
  const headers = { 'content-type': mediaType };
  await attempt(session, path, async () => {
    await session.send(path, { method: 'PUT', headers, body: () => bytes, expected: [201] });
  });
}

async function attempt(session: RegistrySession, path: string, once: () => Promise<void>): Promise<void> {
  try {
    await retrying(session.patience, once);
  } catch (error) {
    throw session.failure(error, path);
  }
}
