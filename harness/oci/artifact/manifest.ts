import { z } from 'zod';
import { SHA256_DIGEST, sha256 } from '../../model/digest.ts';
import { imageInvalid } from '../fault.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { OCI_MANIFEST } from '../media-types.ts';
import type { Document } from '../types.ts';

/** One file of a folder, by its path in it, with `/`. */
export interface FileEntry {
  path: string;
  digest: string;
  size: number;
}

/** As ORAS names files (image spec, "Pre-Defined Annotation Keys"). */
const TITLE = 'org.opencontainers.image.title';
/** What the image spec puts where an artifact needs no config ("Guidance for an Empty Descriptor"). */
export const EMPTY = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: sha256('{}'),
  size: 2,
};
export const EMPTY_BYTES = Buffer.from('{}');

/** A manifest of files: the same bytes for the same files. */
export function manifestOf(artifactType: string, files: readonly FileEntry[]): Buffer {
  const layers = files.map(({ path, digest, size }) => ({
    mediaType: 'application/octet-stream',
    digest,
    size,
    annotations: { [TITLE]: path },
  }));
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, artifactType, config: EMPTY, layers };
  return Buffer.from(JSON.stringify(manifest));
}

const schema = z.object({
  artifactType: z.string(),
  layers: z.array(
    z.object({
      digest: z.string().regex(SHA256_DIGEST),
      size: z.int().nonnegative().max(DEFAULT_LIMITS.layerBytes),
      annotations: z.object({ [TITLE]: z.string() }),
    }),
  ),
});

/**
 * The files that a manifest names.
 * @throws TwinproofError image-invalid for one of another type, and for names that could lead out of the folder
 */
export function filesOf({ json, mediaType }: Document, artifactType: string, where: string): FileEntry[] {
  if (mediaType !== OCI_MANIFEST) throw imageInvalid(`is of type "${mediaType}", no artifact`, where);
  const read = schema.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw imageInvalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'no artifact of files'}`, where);
  }
  if (read.data.artifactType !== artifactType) {
    throw imageInvalid(`is of type "${read.data.artifactType}", not "${artifactType}"`, where);
  }
  const files = read.data.layers.map(({ digest, size, annotations }) => ({
    path: annotations[TITLE],
    digest,
    size,
  }));
  const wrong = files.find(({ path }) => !isSafe(path));
  if (wrong !== undefined) throw imageInvalid(`names a file ${JSON.stringify(wrong.path)}`, where);
  const twice = clashIn(files.map(({ path }) => path));
  if (twice !== null) throw imageInvalid(`names ${JSON.stringify(twice)} twice`, where);
  return files;
}

const MAX_PATH = 1024;

function isSafe(path: string): boolean {
  if (path.length > MAX_PATH || /[\\\p{Cc}]/u.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && part.length <= 255);
}

/** A name that is there twice, or is a file and a folder. */
function clashIn(paths: readonly string[]): string | null {
  const files = new Set<string>();
  for (const path of paths) {
    if (files.has(path)) return path;
    files.add(path);
  }
  for (const path of paths) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      if (files.has(path.slice(0, at))) return path.slice(0, at);
    }
  }
  return null;
}
