import { MissingBlob, readDocument } from '../oci/blob.ts';
import { blobsOf } from '../oci/image.ts';
import { parseJson } from '../oci/json.ts';
import { MAX_DOCUMENT_BYTES } from '../oci/limits.ts';
import type { Descriptor, OciImage } from '../oci/types.ts';
import { jsonDiff } from './json-diff.ts';
import type { AttestationDiff } from './types.ts';
import { verifyBlob } from './verify-blob.ts';

/** Differences reported of one statement. */
const MAX_DIFFERENCES = 100;
/** By which buildkit says what a statement is (in-toto attestation, "predicateType"). */
const PREDICATE = 'in-toto.io/predicate-type';

/** One thing that is said about an image. */
interface Statement {
  kind: string;
  digest: string;
  /** Null when its manifest is not there. */
  blob: Descriptor | null;
}

const UNKNOWN = 'application/octet-stream';

async function statementsOf(image: OciImage): Promise<Statement[]> {
  const statements: Statement[] = [];
  for (const attestation of image.attestations) {
    statements.push(...(await statementsIn(image, attestation)));
  }
  return statements;
}

/** @throws TwinproofError image-invalid; an index may list attestations that nobody has copied along, and that is none */
async function statementsIn(image: OciImage, attestation: Descriptor): Promise<Statement[]> {
  const { artifactType, digest, mediaType } = attestation;
  const manifest = await image.readManifest(attestation).catch((error: unknown) => {
    if (error instanceof MissingBlob) return null;
    throw error;
  });
  if (manifest === null) return [{ kind: artifactType ?? mediaType, digest, blob: null }];
  const own = manifest.json.artifactType;
  const type = typeof own === 'string' && own !== '' ? own : artifactType;
  return blobsOf(manifest, `${image.reference}: ${digest}`).map((blob) => ({
    kind: blob.annotations?.[PREDICATE] ?? type ?? (blob.mediaType === '' ? UNKNOWN : blob.mediaType),
    digest: blob.digest,
    blob,
  }));
}

type Compared = Pick<AttestationDiff, 'differences' | 'truncated'>;

async function jsonOf(
  image: OciImage,
  { blob }: Statement,
): Promise<ReturnType<typeof parseJson> | undefined> {
  if (blob === null || blob.size > MAX_DOCUMENT_BYTES || !/[/+]json\b/.test(blob.mediaType)) return undefined;
  const bytes = await readDocument(blob, await image.locate(blob));
  return parseJson(bytes, `${image.reference}: ${blob.digest}`);
}

async function differencesOf(images: [OciImage, OciImage], a: Statement, b: Statement): Promise<Compared> {
  const one = await jsonOf(images[0], a);
  const other = await jsonOf(images[1], b);
  if (one === undefined || other === undefined) return { differences: [], truncated: true };
  const all = jsonDiff(one, other);
  return { differences: all.slice(0, MAX_DIFFERENCES), truncated: all.length > MAX_DIFFERENCES };
}

/** Of one kind, in the order in which they stand; equal ones first find each other. */
function paired(a: Statement[], b: Statement[]): [Statement | null, Statement | null][] {
  const restB = [...b];
  const restA: Statement[] = [];
  const pairs: [Statement | null, Statement | null][] = [];
  for (const one of a) {
    const at = restB.findIndex(({ digest }) => digest === one.digest);
    const [other] = at < 0 ? [] : restB.splice(at, 1);
    if (other === undefined) restA.push(one);
    else pairs.push([one, other]);
  }
  const length = Math.max(restA.length, restB.length);
  for (let at = 0; at < length; at++) pairs.push([restA[at] ?? null, restB[at] ?? null]);
  return pairs;
}

async function compared(
  images: [OciImage, OciImage],
  kind: string,
  [a, b]: [Statement | null, Statement | null],
): Promise<AttestationDiff> {
  const base = { kind, a: a?.digest ?? null, b: b?.digest ?? null, differences: [], truncated: false };
  if (a?.blob) await verifyBlob(images[0], a.blob);
  if (b?.blob) await verifyBlob(images[1], b.blob);
  if (a === null || b === null) return { ...base, change: a === null ? 'added' : 'removed' };
  // Equal by digest alone when its manifest is not there.
  if (a.digest === b.digest) return { ...base, change: 'same', truncated: a.blob === null };
  return { ...base, change: 'changed', ...(await differencesOf(images, a, b)) };
}

/**
 * Compares what is said about two images: buildkit's attestations and manifests that have them as `subject`. Statements
 * of one kind are paired in order.
 * @throws TwinproofError image-invalid when one that is there is broken
 */
export async function compareAttestations(a: OciImage, b: OciImage): Promise<AttestationDiff[]> {
  const one = Map.groupBy(await statementsOf(a), ({ kind }) => kind);
  const other = Map.groupBy(await statementsOf(b), ({ kind }) => kind);
  const kinds = [...new Set([...one.keys(), ...other.keys()])].sort((x, y) => (x < y ? -1 : 1));
  const found: AttestationDiff[] = [];
  for (const kind of kinds) {
    for (const pair of paired(one.get(kind) ?? [], other.get(kind) ?? [])) {
      found.push(await compared([a, b], kind, pair));
    }
  }
  return found;
}
