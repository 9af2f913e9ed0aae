import { z } from 'zod';
import { saysFetched } from './fetched.ts';
import { digestIn, digestOfUrl, packageOfUrl } from './package-of-url.ts';
import { partsOf, type Relationship } from './spdx-parts.ts';
import type { Sbom, SbomPackage, UnnamedPackage } from './types.ts';

const ELEMENT = z.object({
  SPDXID: z.string(),
  name: z.string(),
  versionInfo: z.string().optional(),
  checksums: z.array(z.object({ algorithm: z.string(), checksumValue: z.string() })).optional(),
  annotations: z.array(z.object({ comment: z.string() })).optional(),
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

const urlsOf = ({ externalRefs = [] }: Element): string[] =>
  externalRefs.filter(({ referenceType }) => referenceType === 'purl').map((ref) => ref.referenceLocator);

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

/** Images that the described one was made with; what is only in them is not in it. */
const IMAGES = new Set(['DESCENDANT_OF', 'BUILD_TOOL_OF', 'ANCESTOR_OF']);

/** The image that another was made from, in either direction; null for any other relationship. */
function baseIn({ spdxElementId, relationshipType, relatedSpdxElement }: Relationship): string | null {
  if (relationshipType === 'DESCENDANT_OF') return relatedSpdxElement;
  return relationshipType === 'ANCESTOR_OF' ? spdxElementId : null;
}

/**
 * Reads an SPDX document by its relationships: a package counts that is described, or part of what is described. Where nothing is
 * said to be part of it, all packages count that are no image. What is part of a base may be in the image: Mobster lists only
 * there what the image has from its base.
 */
export function readSpdx(document: z.output<typeof SPDX>): Sbom {
  const { relationships } = document;
  const roots = rootsOf(document);
  const byId = new Map(document.packages.map((element) => [element.SPDXID, element]));
  const elements = (ids: Iterable<string>): Element[] => [...ids].flatMap((id) => byId.get(id) ?? []);
  const images = new Set(
    relationships
      .filter(({ relationshipType }) => IMAGES.has(relationshipType))
      .flatMap(({ spdxElementId, relatedSpdxElement }) => [spdxElementId, relatedSpdxElement]),
  );
  const parts = partsOf(roots, relationships);
  const bases = relationships.flatMap((relationship) => baseIn(relationship) ?? []);
  const ofBases = [...partsOf(bases, relationships)].filter((id) => !parts.has(id));
  const counted =
    parts.size > 0
      ? elements(new Set([...roots, ...parts]))
      : document.packages.filter(({ SPDXID }) => !images.has(SPDXID));
  const read = listed(counted, new Set(roots));
  return {
    format: document.spdxVersion,
    subjects: elements(roots).flatMap(digestsOf),
    ...read,
    possible: [...read.possible, ...listed(elements(ofBases), new Set()).packages],
    floatingBases: elements(new Set(bases))
      .filter((element) => digestsOf(element).length === 0)
      .map(({ name }) => name),
  };
}

function listed(
  elements: readonly Element[],
  roots: ReadonlySet<string>,
): Pick<Sbom, 'packages' | 'possible' | 'unnamed' | 'others'> {
  const packages: SbomPackage[] = [];
  const possible: SbomPackage[] = [];
  const unnamed: UnnamedPackage[] = [];
  let others = 0;
  for (const element of elements) {
    const { SPDXID, name, versionInfo, annotations = [] } = element;
    const urls = urlsOf(element);
    const found = urls.flatMap((url) => packageOfUrl(url) ?? []);
    if (annotations.some(({ comment }) => saysFetched(comment))) possible.push(...found);
    else packages.push(...found);
    if (found.length > 0 || roots.has(SPDXID)) continue;
    others++;
    if (urls.length === 0 && versionInfo !== undefined) unnamed.push({ name, version: versionInfo });
  }
  return { packages, possible, unnamed, others };
}

function digestsOf(element: Element): string[] {
  const { checksums = [], versionInfo = '' } = element;
  const written = checksums
    .filter(({ algorithm }) => algorithm === 'SHA256')
    .map(({ checksumValue }) => `sha256:${checksumValue.toLowerCase()}`);
  const version = digestIn(versionInfo) ?? [];
  const urls = urlsOf(element).flatMap((url) => digestOfUrl(url) ?? []);
  return [...new Set([...written, version, urls].flat())];
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
