import type { JsonPlace } from './place.ts';
import type { Fact, Field, Provenance, Value } from './types.ts';

/** Gathers what one attestation says, each value with the place where it stands. */
export class Facts {
  readonly all: Fact[] = [];
  readonly #provenance: Provenance;

  constructor(provenance: Provenance) {
    this.#provenance = provenance;
  }

  /** The text at a place, where there is one. */
  text(field: Field, place: JsonPlace, read: (text: string) => string | null = (text) => text): void {
    const value = place.text === null ? null : read(place.text);
    if (value !== null) this.value(field, value, place);
  }

  /** All texts of a list, where there are any. */
  list(field: Field, place: JsonPlace): void {
    const values = place.items().flatMap(({ text }) => text ?? []);
    if (values.length > 0) this.value(field, values, place);
  }

  value(field: Field, value: Value, { pointer }: JsonPlace): void {
    const { id, verified } = this.#provenance;
    this.all.push({ field, value, from: { kind: 'attestation', id, pointer, verified } });
  }
}

interface GitAddress {
  repository: string;
  ref: string | null;
  folder: string | null;
}

/** `git+https://host/path@ref` (SPDX) and `https://host/path.git#ref:folder` (BuildKit), taken apart; null for others. */
export function gitAddress(uri: string): GitAddress | null {
  const [, address = '', fragment = ''] = /^([^#\s]*)(?:#(\S*))?$/.exec(uri) ?? [];
  const [, base = '', path = ''] = /^(?:git\+)?((?:https?|ssh|git):\/\/[^/]+)(\/.*)$/.exec(address) ?? [];
  if (base === '') return null;
  // An @ before the path belongs to the user's name.
  const at = path.indexOf('@');
  const [ref = '', folder = ''] = fragment.split(':');
  const named = at < 0 ? ref : path.slice(at + 1);
  return {
    repository: `${base}${at < 0 ? path : path.slice(0, at)}`,
    ref: named === '' ? null : named,
    folder: folder === '' ? null : folder,
  };
}

/** A full commit of either kind of git repository. */
export const isCommit = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/** A branch or tag where a commit may stand too; a shortened commit is neither. */
export const refIn = (text: string): string | null => (/^[0-9a-f]{7,64}$/.test(text) ? null : text);

export const commitIn = (text: string): string | null => (isCommit(text) ? text : null);

const IMAGE_DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Whether an image is named by a digest; a tag may move. */
export const isPinned = (image: string): boolean => IMAGE_DIGEST.test(image);

/** The image of `oci://name@sha256:…` or `pkg:docker/name@tag?digest=sha256:…`; its digest may stand beside it. */
export function imageOf(uri: string, digest: string | null): string | null {
  if (uri.startsWith('pkg:docker/') || uri.startsWith('pkg:oci/')) return imageOfPurl(uri, digest);
  const name = uri.replace(/^(?:oci|docker):\/\//, '');
  return digest === null || isPinned(name) ? name : `${name}@sha256:${digest}`;
}

function imageOfPurl(purl: string, digest: string | null): string | null {
  const url = URL.parse(purl);
  if (url === null) return null;
  const [path = '', version = ''] = decode(url.pathname.replace(/^(?:docker|oci)\//, '')).split('@');
  const given = digest === null ? url.searchParams.get('digest') : `sha256:${digest}`;
  const name = url.searchParams.get('repository_url') ?? path;
  if (given !== null) return `${name}@${given}`;
  return version.startsWith('sha256:') ? `${name}@${version}` : version === '' ? name : `${name}:${version}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
