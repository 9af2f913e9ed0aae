import { existsSync } from 'node:fs';
import { TwinproofError } from '../errors.ts';
import { escapeText } from './escape.ts';
import { parseRegistryName, type RegistryName } from './registry/name.ts';

const FILE_TRANSPORTS = ['oci', 'oci-archive', 'docker-archive'] as const;

export type Reference =
  | { transport: (typeof FILE_TRANSPORTS)[number] | 'path'; path: string; tag: string | null }
  | { transport: 'dir'; path: string }
  | { transport: 'docker'; name: RegistryName }
  | { transport: 'docker-daemon' | 'containers-storage'; name: string };

/** Known to skopeo and podman; not read, and said so rather than taken for a file name. */
const OTHER_TRANSPORTS = ['sif', 'tarball', 'ostree', 'atomic'];

const FORMS =
  'oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME:TAG], dir:DIR, docker://NAME, ' +
  'docker-daemon:NAME, containers-storage:NAME or PATH[:TAG]';

/** `PATH[:TAG]`; a path that exists as a whole has no tag, else the first colon ends it, as skopeo has it. */
function splitTag(rest: string): { path: string; tag: string | null } {
  const colon = rest.indexOf(':');
  if (colon < 0 || existsSync(rest)) return { path: rest, tag: null };
  const tag = rest.slice(colon + 1);
  return { path: rest.slice(0, colon), tag: tag === '' ? null : tag };
}

function withTransport(scheme: string, rest: string): Reference | null {
  const file = FILE_TRANSPORTS.find((name) => name === scheme);
  if (file !== undefined) return { transport: file, ...splitTag(rest) };
  switch (scheme) {
    case 'dir':
      return { transport: scheme, path: rest };
    case 'docker':
      return { transport: scheme, name: parseRegistryName(rest) };
    case 'docker-daemon':
    case 'containers-storage':
      return { transport: scheme, name: rest };
    default:
      return null;
  }
}

/**
 * How an image is named, as skopeo and podman do it; see docs/images.md.
 * @throws TwinproofError usage, or unsupported for transports that are not read
 */
export function parseReference(reference: string): Reference {
  const scheme = /^([a-z][a-z-]*):/.exec(reference)?.[1] ?? '';
  const rest = reference.slice(scheme.length + 1);
  if (OTHER_TRANSPORTS.includes(scheme) && !existsSync(reference)) {
    throw new TwinproofError('unsupported', `images cannot be read from "${scheme}:"`, {
      where: escapeText(reference),
      hint: 'copy it first, e.g. with skopeo copy … oci:DIR:TAG',
    });
  }
  const known = rest === '' ? null : withTransport(scheme, rest);
  if (known !== null) return known;
  const isNamed = scheme !== '' && rest === '' && !existsSync(reference);
  if (reference === '' || isNamed) {
    throw new TwinproofError('usage', 'an image reference is expected', {
      where: escapeText(reference),
      hint: FORMS,
    });
  }
  const { path, tag } = splitTag(reference);
  // Without a file in front of the colon it is a name of something else.
  return existsSync(path)
    ? { transport: 'path', path, tag }
    : { transport: 'path', path: reference, tag: null };
}
