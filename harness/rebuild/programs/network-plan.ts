/** What is answered in the network of a build. */
export interface NetworkPlan {
  /** URLs as WHATWG spells them, without fragment. */
  routes: Route[];
  /** Names that lead to loopback, in lower case. */
  hosts: string[];
  ports: { http: number[]; https: number[] };
  /** PEM. */
  key: string;
  certificates: string;
  /** What every file's `Last-Modified` says, in seconds since 1970. */
  modified: number;
}

export type Route =
  /** A file, relative to the folder of locked files. */
  | { url: string; file: string }
  /** What the origin answered when the file was fetched. */
  | { url: string; status: number; location: string };

/** What a build asked for and was not given: a URL, or the name of a host. */
export interface Refusal {
  kind: 'url' | 'name';
  what: string;
}

/**
 * The part of a file that a `Range` header asks for (RFC 9110, section 14.2), first and last byte; null for all of it,
 * which is also the answer to a header with several parts or of another unit.
 */
export function partOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return null;
  if (from === '') {
    const start = Math.max(0, size - Number(to));
    return to === '0' || size === 0 ? 'unsatisfiable' : { start, end: size - 1 };
  }
  const start = Number(from);
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < start) return null;
  return start >= size ? 'unsatisfiable' : { start, end };
}
