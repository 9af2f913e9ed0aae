/** What a media type says that a blob is, over OCI and Docker's schema 2. */
export type BlobKind = 'index' | 'manifest' | 'config' | 'layer' | 'foreign-layer' | 'other';

export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';
export const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Before schema 2 (2016): layers without digests of their content, and no config. */
const DOCKER_SCHEMA_1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+(json|prettyjws)$/;

/** What registries are asked for. */
export const MANIFEST_TYPES = [
  OCI_INDEX,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  OCI_MANIFEST,
  DOCKER_MANIFEST,
];

const KINDS: Partial<Record<string, BlobKind>> = {
  [OCI_INDEX]: 'index',
  'application/vnd.docker.distribution.manifest.list.v2+json': 'index',
  [OCI_MANIFEST]: 'manifest',
  [DOCKER_MANIFEST]: 'manifest',
  'application/vnd.oci.image.config.v1+json': 'config',
  [DOCKER_CONFIG]: 'config',
};

const ociLayer = /^application\/vnd\.oci\.image\.layer\.(nondistributable\.)?v1\.tar(\+gzip|\+zstd)?$/;
const dockerLayer = /^application\/vnd\.docker\.image\.rootfs\.(foreign\.)?diff\.tar(\.gzip|\.zstd)?$/;

export function isSchema1(mediaType: string): boolean {
  return DOCKER_SCHEMA_1.test(mediaType);
}

export function blobKind(mediaType: string): BlobKind {
  const match = ociLayer.exec(mediaType) ?? dockerLayer.exec(mediaType);
  if (match !== null) return match[1] === undefined ? 'layer' : 'foreign-layer';
  return KINDS[mediaType] ?? 'other';
}

/**
 * Whether a manifest with a config of that type is an image. Registries and builders of 2016 gave none to the configs of
 * Docker's schema 2, and engines do not look at it there.
 */
export function isImageConfig(mediaType: string, manifestType: string): boolean {
  const untyped = ['', 'application/octet-stream'].includes(mediaType);
  return blobKind(mediaType) === 'config' || (untyped && manifestType === DOCKER_MANIFEST);
}

/** The compression that the type of a layer says, as `none`, `gzip` or `zstd`; null for what is no layer. */
export function declaredCompression(mediaType: string): string | null {
  const match = ociLayer.exec(mediaType) ?? dockerLayer.exec(mediaType);
  return match === null ? null : (match[2]?.slice(1) ?? 'none');
}
