import { existsSync } from 'node:fs';
import { TwinproofError } from '../errors.ts';
import { escapeText } from './escape.ts';

export type Reference =
  | { transport: 'oci' | 'oci-archive' | 'docker-archive'; path: string; tag: string | null }
  | { transport: 'path'; path: string; tag: null };

const FILE_TRANSPORTS = ['oci', 'oci-archive', 'docker-archive'] as const;
/** Known to skopeo and podman; not read yet, and said so rather than taken for a file name. */
const OTHER_TRANSPORTS = ['docker', 'docker-daemon', 'containers-storage', 'dir', 'sif', 'tarball', 'ostree'];

/** `PATH[:TAG]`; a path that exists as a whole has no tag, else the first colon ends it, as skopeo has it. */
function splitTag(rest: string): { path: string; tag: string | null } {
  const colon = rest.indexOf(':');
  if (colon < 0 || existsSync(rest)) return { path: rest, tag: null };
  const tag = rest.slice(colon + 1);
  return { path: rest.slice(0, colon), tag: tag === '' ? null : tag };
}

/**
 * How an image is named: `oci:DIR[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:TAG]`, or a bare path.
 * @throws TwinproofError usage, or unsupported for transports that are not read yet
 */
export function parseReference(reference: string): Reference {
  const scheme = /^([a-z][a-z-]*):/.exec(reference)?.[1];
  const transport = FILE_TRANSPORTS.find((name) => name === scheme);
  const rest = reference.slice((scheme?.length ?? -1) + 1);
  if (transport !== undefined && rest !== '') return { transport, ...splitTag(rest) };
  if (scheme !== undefined && OTHER_TRANSPORTS.includes(scheme) && !existsSync(reference)) {
    throw new TwinproofError('unsupported', `images cannot be read from "${scheme}:" yet`, {
      where: escapeText(reference),
      hint: 'copy it to a file first, e.g. with skopeo copy … oci:DIR:TAG',
    });
  }
  if (reference === '' || (transport !== undefined && rest === '')) {
    throw new TwinproofError('usage', 'an image reference is expected', {
      where: escapeText(reference),
      hint: 'oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE or a path',
    });
  }
  return { transport: 'path', path: reference, tag: null };
}
