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
 * Stores a manifest.
 * @param version its tag or digest; unless said the one that the session's image has
 * @returns the subject that the registry lists it by (distribution spec "Pushing Manifests with Subject"); null where it
 * lists none
 * @throws TwinproofError input-unavailable when the registry does not take it
 */
export async function uploadManifest(
  session: RegistrySession,
  bytes: Uint8Array,
  { mediaType, version = session.name.version }: { mediaType: string; version?: string },
): Promise<string | null> {
  const path = session.path('manifests', version);
  const headers = { 'content-type': mediaType };
  return attempt(session, path, async () => {
    const { response } = await session.send(path, {
      method: 'PUT',
      headers,
      body: () => bytes,
      expected: [201],
    });
    const subject = response.headers['oci-subject'];
    return typeof subject === 'string' ? subject : null;
  });
}

async function attempt<T>(session: RegistrySession, path: string, once: () => Promise<T>): Promise<T> {
  try {
    return await retrying(session.patience, once);
  } catch (error) {
    throw session.failure(error, path);
  }
}
