import { databaseInvalid } from '../fault.ts';
import { lines } from '../files.ts';

/** Where the file is that a package lists at a path; both without a leading slash. */
export type Divert = (path: string, packageName: string) => string;

interface Diversion {
  to: string;
  /** Whose file stays at the path; null for a local diversion, which nobody's does. */
  by: string | null;
}

/**
 * dpkg-divert(1): `diversions` has three lines each: the path, where the files of other packages go instead, and the package
 * whose own stays (`:` for none).
 * @throws TwinproofError `image-invalid`
 */
export function readDiversions(bytes: Uint8Array | null, path: string): Divert {
  const all = lines(bytes);
  if (all.at(-1) === '') all.pop();
  if (all.length % 3 !== 0) throw databaseInvalid(path, 'it has no three lines for each diversion');
  const diversions = new Map<string, Diversion>();
  for (let at = 0; at < all.length; at += 3) {
    const [from = '', to = '', by = ''] = all.slice(at, at + 3);
    diversions.set(withoutSlash(from), { to: withoutSlash(to), by: by === ':' ? null : by });
  }
  return (listed, packageName) => {
    const diversion = diversions.get(listed);
    return diversion === undefined || diversion.by === packageName ? listed : diversion.to;
  };
}

const withoutSlash = (path: string): string => path.replace(/^\//, '');
