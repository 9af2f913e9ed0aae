import { Digester, parseDigest } from '../digest.ts';
import { imageInvalid } from '../fault.ts';
import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import { blobKind, isSchema1, MANIFEST_TYPES } from '../media-types.ts';
import { documentOf } from '../transport/documents.ts';
import type { Descriptor, Document } from '../types.ts';
import type { RegistrySession } from './session.ts';
import { sha256 } from '../../model/digest.ts';

/** Types that say nothing: then what the manifest says of itself counts. */
const VAGUE = ['', 'application/json', 'text/plain', 'application/octet-stream'];

function isManifestType(type: string): boolean {
  return ['index', 'manifest'].includes(blobKind(type)) || isSchema1(type);
}

/** Type of the body, as server and body agree on it. @throws TwinproofError image-invalid when they do not */
function agreedType(header: string | string[] | undefined, document: Document, where: string): string {
  const type = (typeof header === 'string' ? header : '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const own = typeof document.json.mediaType === 'string' ? document.json.mediaType : '';
  if (VAGUE.includes(type)) return own;
  if (!isManifestType(type)) throw imageInvalid(`the answer is of type "${type}", no manifest`, where);
  if (own !== '' && own !== type && !isSchema1(type)) {
    throw imageInvalid(`is sent as "${type}", but says that it is "${own}"`, where);
  }
  return type;
}

/** What the server claims that it sends must be what it sends. */
function checkClaim(claim: string | string[] | undefined, bytes: Uint8Array, where: string): void {
  if (typeof claim !== 'string') return;
  const at = `${where}: Docker-Content-Digest`;
  parseDigest(claim, at);
  const digester = new Digester(claim, at);
  digester.update(bytes);
  const actual = digester.digest();
  if (actual !== claim) throw imageInvalid(`is ${claim}, the body has ${actual}`, at);
}

interface Checked {
  bytes: Uint8Array;
  digest: string;
}

function checkDigest({ digest }: { digest: string }, bytes: Uint8Array, where: string): Checked {
  const digester = new Digester(digest, where);
  digester.update(bytes);
  const actual = digester.digest();
  if (actual !== digest) throw imageInvalid(`its bytes have the digest ${actual}`, where);
  return { bytes, digest };
}

/**
 * A manifest or index by tag or digest. What was asked for by digest has that digest, whatever the registry says.
 * @param descriptor that names it, when it is part of an index
 * @throws TwinproofError image-invalid, input-unavailable
 */
export async function fetchManifest(
  session: RegistrySession,
  where: string,
  descriptor?: Descriptor,
): Promise<Document> {
  const version = descriptor?.digest ?? session.name.version;
  const at = `${where}: manifest ${version}`;
  const answer = await askForManifest(session, version);
  if (answer === null) throw imageInvalid('is missing', at);
  return documentIn(answer, { version, at, descriptor });
}

/** What has a tag of the same repository, null where nothing has. @throws TwinproofError */
export async function fetchTagged(
  session: RegistrySession,
  where: string,
  tag: string,
): Promise<Document | null> {
  const answer = await askForManifest(session, tag, [404]);
  return answer === null ? null : documentIn(answer, { version: tag, at: `${where}: manifest ${tag}` });
}

type Small = NonNullable<Awaited<ReturnType<RegistrySession['small']>>>;

function askForManifest(
  session: RegistrySession,
  version: string,
  but: number[] = [],
): Promise<Small | null> {
  const accept = MANIFEST_TYPES.join(', ');
  return session.small(session.path('manifests', version), { accept, limit: MAX_DOCUMENT_BYTES, but });
}

function documentIn(
  { headers, bytes }: Small,
  { version, at, descriptor }: { version: string; at: string; descriptor?: Descriptor | undefined },
): Document {
  const byDigest = version.includes(':');
  const { digest } = byDigest ? checkDigest({ digest: version }, bytes, at) : { digest: sha256(bytes) };
  checkClaim(headers['docker-content-digest'], bytes, at);
  if (descriptor !== undefined && descriptor.size !== bytes.length) {
    throw imageInvalid(`has ${bytes.length} bytes, its descriptor says ${descriptor.size}`, at);
  }
  const type = headers['content-type'];
  // Before it is parsed: a page of a captive portal is no JSON.
  const given = typeof type === 'string' ? type : '';
  if (/^text\/html\b/i.test(given)) throw imageInvalid(`the answer is of type "${given}", no manifest`, at);
  const document = documentOf(bytes, descriptor?.mediaType ?? '', at);
  const agreed = agreedType(type, document, at);
  return { ...document, digest, mediaType: document.mediaType === '' ? agreed : document.mediaType };
}
