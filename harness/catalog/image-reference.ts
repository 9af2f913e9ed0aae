import { SHA256_DIGEST } from '../model/digest.ts';

/** Splits `repository[:tag][@sha256:hex]` (distribution reference grammar); an engine's `sha256:hex` has no repository. */
export function parseReference(reference: string): {
  repository: string;
  tag: string | null;
  digest: string | null;
} {
  if (SHA256_DIGEST.test(reference)) return { repository: '', tag: null, digest: reference };
  const [named = '', digest] = reference.split('@', 2);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  return {
    repository: hasTag ? named.slice(0, colon) : named,
    tag: hasTag ? named.slice(colon + 1) : null,
    digest: digest ?? null,
  };
}

/** `repository:tag` in full, as engines expand short names; of a digest the tag is made, for a store knows no other. */
export function storeName(reference: string): string {
  const { repository, tag, digest } = parseReference(reference);
  return `${fullRepository(repository)}:${digest === null ? (tag ?? 'latest') : digest.replace(':', '-')}`;
}

/** Docker's rule: a first part without a dot, a port or `localhost` is not a registry. */
function fullRepository(repository: string): string {
  const [first = '', ...rest] = repository.split('/');
  if (rest.length === 0) return `docker.io/library/${first}`;
  return /[.:]/.test(first) || first === 'localhost' ? repository : `docker.io/${repository}`;
}
