import { imageOf } from './facts.ts';
import { Place } from './place.ts';
import type { Fact, Provenance } from './types.ts';

/** In SPDX 2.3 as Konflux writes it: the base image, and the images that stages were built from. */
const RELATIONS = ['DESCENDANT_OF', 'BUILD_TOOL_OF'];

/** The base images that an SBOM names; provenance in SLSA v0.2 by Tekton Chains has none. */
export function readSbom({
  id,
  verified,
  predicate,
}: Pick<Provenance, 'id' | 'verified' | 'predicate'>): Fact[] {
  const document = new Place(predicate, '/predicate');
  const relationships = document.at('relationships');
  const names = new Set<string>();
  for (const one of relationships.items()) {
    const type = one.at('relationshipType').text ?? '';
    if (!RELATIONS.includes(type)) continue;
    // "X DESCENDANT_OF base", and "builder BUILD_TOOL_OF X".
    names.add(one.at(type === 'DESCENDANT_OF' ? 'relatedSpdxElement' : 'spdxElementId').text ?? '');
  }
  const images = document
    .at('packages')
    .items()
    .filter((one) => names.has(one.at('SPDXID').text ?? ''))
    .flatMap((one) => imageIn(one) ?? []);
  if (images.length === 0) return [];
  const from = { kind: 'attestation' as const, id, pointer: relationships.pointer, verified };
  return [{ field: 'baseImages', value: [...new Set(images)], from }];
}

function imageIn(one: Place): string | null {
  for (const reference of one.at('externalRefs').items()) {
    const locator = reference.at('referenceLocator').text ?? '';
    if (locator.startsWith('pkg:oci/') || locator.startsWith('pkg:docker/')) return imageOf(locator, null);
  }
  return null;
}
