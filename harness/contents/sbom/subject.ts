import { PackageURL } from 'packageurl-js';
import type { Inventory } from '../types.ts';

/** Time of a document about an image: the image's own, in whole seconds; 1970 where it has none that can be read. */
export function createdOf({ created }: Inventory['image']): string {
  const time = new Date(created ?? 0);
  return `${(Number.isNaN(time.getTime()) ? new Date(0) : time).toISOString().slice(0, 19)}Z`;
}

/** The package URL of an image (purl type `oci`): its name is the last part of that of the repository. */
export function imageUrl({ manifest, architecture }: Inventory['image'], name: string): string {
  const last =
    name
      .split('/')
      .at(-1)
      ?.replace(/[:@].*$/, '')
      .toLowerCase() ?? '';
  const repository = name.includes('/') ? { repository_url: name.replace(/[:@][^/]*$/, '') } : {};
  const qualifiers = { ...(architecture === '' ? {} : { arch: architecture }), ...repository };
  return new PackageURL(
    'oci',
    undefined,
    last === '' ? 'image' : last,
    manifest,
    qualifiers,
    undefined,
  ).toString();
}
