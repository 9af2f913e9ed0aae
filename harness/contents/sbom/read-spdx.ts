import { z } from 'zod';
import { digestOfUrl, packageOfUrl } from './package-of-url.ts';
import type { Sbom, SbomPackage } from './types.ts';

const ELEMENT = z.object({
  SPDXID: z.string(),
  name: z.string(),
  versionInfo: z.string().optional(),
  checksums: z.array(z.object({ algorithm: z.string(), checksumValue: z.string() })).optional(),
  externalRefs: z.array(z.object({ referenceType: z.string(), referenceLocator: z.string() })).optional(),
});

const RELATIONSHIP = z.object({
  spdxElementId: z.string(),
  relationshipType: z.string(),
  relatedSpdxElement: z.string(),
});

/** The part of SPDX 2.3 (and 2.2, which has the same names) that says what is in an image. */
export const SPDX = z.object({
  spdxVersion: z.enum(['SPDX-2.2', 'SPDX-2.3']),
  documentDescribes: z.array(z.string()).optional(),
  packages: z.array(ELEMENT).default([]),
  relationships: z.array(RELATIONSHIP).default([]),
});

type Element = z.output<typeof ELEMENT>;
type Relationship = z.output<typeof RELATIONSHIP>;

/** Relationships by which something is part of something else, as (whole, part). */
const PARTS: Record<string, 'forward' | 'back'> = {
  CONTAINS: 'forward',
  CONTAINED_BY: 'back',
  DEPENDS_ON: 'forward',
  DEPENDENCY_OF: 'back',
  PACKAGE_OF: 'back',
};

const urlsOf = ({ externalRefs = [] }: Element): string[] =>
  externalRefs.filter(({ referenceType }) => referenceType === 'purl').map((ref) => ref.referenceLocator);

/** What is reachable from some elements by being part of them. */
function partsOf(roots: readonly string[], relationships: readonly Relationship[]): Set<string> {
  const parts = new Map<string, string[]>();
  for (const { spdxElementId, relationshipType, relatedSpdxElement } of relationships) {
    const direction = PARTS[relationshipType];
    if (direction === undefined) continue;
    const [whole, part] =
      direction === 'forward' ? [spdxElementId, relatedSpdxElement] : [relatedSpdxElement, spdxElementId];
    parts.set(whole, [...(parts.get(whole) ?? []), part]);
  }
  const found = new Set<string>();
  const open = [...roots];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const part of parts.get(id) ?? []) {
      if (found.has(part)) continue;
      found.add(part);
      open.push(part);
    }
  }
  return found;
}

/** Elements that the document is about, by relationship or by its own list. */
function rootsOf({ documentDescribes = [], relationships }: z.output<typeof SPDX>): string[] {
  const described = relationships
    .filter(({ relationshipType }) => relationshipType === 'DESCRIBES')
    .map(({ relatedSpdxElement }) => relatedSpdxElement);
  const describing = relationships
    .filter(({ relationshipType }) => relationshipType === 'DESCRIBED_BY')
    .map(({ spdxElementId }) => spdxElementId);
  return [...new Set([...documentDescribes, ...described, ...describing])];
}

/** Images that the described one was made from or with: what they contain is not in it unless it is listed there, too. */
const ANCESTORS = new Set(['DESCENDANT_OF', 'BUILD_TOOL_OF', 'ANCESTOR_OF']);

/**
 * Reads an SPDX document by its relationships: a package counts that is part of the described element. Where nothing is
 * said to be part of it, all packages count that are no image.
 */
export function readSpdx(document: z.output<typeof SPDX>): Sbom {
  const roots = rootsOf(document);
  const byId = new Map(document.packages.map((element) => [element.SPDXID, element]));
  const images = new Set(
    document.relationships
      .filter(({ relationshipType }) => ANCESTORS.has(relationshipType))
      .flatMap(({ spdxElementId, relatedSpdxElement }) => [spdxElementId, relatedSpdxElement]),
  );
  const parts = partsOf(roots, document.relationships);
  const counted =
    parts.size > 0
      ? [...parts].flatMap((id) => byId.get(id) ?? [])
      : document.packages.filter(({ SPDXID }) => !roots.includes(SPDXID) && !images.has(SPDXID));
  const packages: SbomPackage[] = [];
  let others = 0;
  for (const element of counted) {
    const found = urlsOf(element).flatMap((url) => packageOfUrl(url) ?? []);
    if (found.length === 0) others++;
    packages.push(...found);
  }
  return {
    format: document.spdxVersion,
    subjects: roots.flatMap((id) => digestsOf(byId.get(id))),
    packages,
    others,
    floatingBases: ancestorsOf(document, ['DESCENDANT_OF']).flatMap(({ element }) =>
      digestsOf(element).length === 0 ? [element.name] : [],
    ),
  };
}

function digestsOf(element: Element | undefined): string[] {
  if (element === undefined) return [];
  const { checksums = [], versionInfo = '' } = element;
  const written = checksums
    .filter(({ algorithm }) => algorithm === 'SHA256')
    .map(({ checksumValue }) => `sha256:${checksumValue}`);
  const version = /^sha256:[0-9a-f]{64}$/.test(versionInfo) ? [versionInfo] : [];
  const urls = urlsOf(element).flatMap((url) => digestOfUrl(url) ?? []);
  return [...new Set([...written, ...version, ...urls])];
}

/**
 * Images that the described one was made from (`X DESCENDANT_OF base`), or also with (`builder BUILD_TOOL_OF X`), each with
 * its package URLs.
 */
export function ancestorsOf(
  { packages, relationships }: z.output<typeof SPDX>,
  by: readonly ('DESCENDANT_OF' | 'BUILD_TOOL_OF')[],
): { element: Element; urls: string[] }[] {
  const ids = new Set(
    relationships
      .filter(({ relationshipType }) => by.some((type) => type === relationshipType))
      .map(({ relationshipType, spdxElementId, relatedSpdxElement }) =>
        relationshipType === 'DESCENDANT_OF' ? relatedSpdxElement : spdxElementId,
      ),
  );
  return packages
    .filter(({ SPDXID }) => ids.has(SPDXID))
    .map((element) => ({ element, urls: urlsOf(element) }));
}
