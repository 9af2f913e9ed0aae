import { parseDescriptor } from '../descriptor.ts';
import { imageInvalid } from '../fault.ts';
import { asArray } from '../json.ts';
import { MAX_DOCUMENT_BYTES, MAX_REFERRERS } from '../limits.ts';
import { OCI_INDEX } from '../media-types.ts';
import { isReferrersList } from '../referrers-list.ts';
import { documentOf } from '../transport/documents.ts';
import type { Descriptor, Document } from '../types.ts';
import type { RegistrySession } from './session.ts';

/** Statuses of registries that keep no such list. */
const NO_LIST = [400, 404, 405, 501];

/** The tag that stands for the API where a registry lacks it (distribution spec "Referrers Tag Schema"). */
export const referrersTag = (digest: string): string => digest.replace(':', '-').slice(0, 128);

/** Manifests that have another one as their `subject`, by where the registry lists them. */
export interface Referrers {
  /** By the referrers API. */
  listed: Descriptor[];
  /** By the tag that stands for the API where a registry lacks it, or lacked it when they were pushed. */
  tagged: Descriptor[];
}

/**
 * All manifests that have this one as their `subject` (distribution spec "Listing Referrers").
 * @throws TwinproofError image-invalid, input-unavailable
 */
export async function fetchReferrers(
  session: RegistrySession,
  where: string,
  digest: string,
): Promise<Referrers> {
  const at = `${where}: referrers of ${digest}`;
  const tag = referrersTag(digest);
  const [listed, tagged] = await Promise.all([
    pagesFrom(session, session.path('referrers', digest), { at, isList: () => true }),
    pagesFrom(session, session.path('manifests', tag), { at, isList: (one) => isReferrersList(one, digest) }),
  ]);
  return { listed, tagged };
}

interface Asked {
  at: string;
  isList: (one: Document) => boolean;
}

/** A registry may give out the list in pages (distribution spec, `Link`). */
async function pagesFrom(
  session: RegistrySession,
  first: string,
  { at, isList }: Asked,
): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  const asked = new Set<string>();
  for (let path: string | null = first; path !== null;) {
    if (asked.has(path)) throw imageInvalid('its pages lead in a circle', at);
    asked.add(path);
    const answer = await session.small(path, { accept: OCI_INDEX, limit: MAX_DOCUMENT_BYTES, but: NO_LIST });
    if (answer === null && path !== first) throw imageInvalid('a page of it is missing', at);
    if (answer === null) return found;
    const document = documentOf(answer.bytes, OCI_INDEX, at);
    if (!isList(document)) return found;
    const entries = asArray(document.json.manifests, `${at}/manifests`);
    if (found.length + entries.length > MAX_REFERRERS)
      throw imageInvalid(`has more than ${MAX_REFERRERS} entries`, at);
    found.push(...entries.map((entry, number) => parseDescriptor(entry, `${at}/manifests/${number}`)));
    path = nextPage(answer.headers.link, path, at);
  }
  return found;
}

/** The path of the next page (RFC 8288); a link to another place is not followed. */
function nextPage(link: string | string[] | undefined, path: string, at: string): string | null {
  const text = Array.isArray(link) ? link.join(', ') : (link ?? '');
  const target = /<([^>]{1,4096})>\s*;[^,]*\brel="?next"?/i.exec(text)?.[1];
  if (target === undefined) return null;
  const base = new URL(path, 'https://registry.invalid');
  const url = URL.parse(target, base.href);
  // Whatever host it names, this registry is asked.
  if (url?.pathname !== base.pathname)
    throw imageInvalid('the link to its next page leads to another place', at);
  return `${url.pathname}${url.search}`;
}
