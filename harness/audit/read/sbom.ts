import { SPDX, ancestorsOf } from '../../contents/sbom/read-spdx.ts';
import { imageOf } from './facts.ts';
import type { Fact, Provenance } from './types.ts';

/**
 * The base images that an SBOM in SPDX names as Konflux writes it: the one below the last stage, and those that stages were
 * built from; provenance in SLSA v0.2 by Tekton Chains has none.
 */
export function readSbom({
  id,
  verified,
  predicate,
}: Pick<Provenance, 'id' | 'verified' | 'predicate'>): Fact[] {
  const read = SPDX.safeParse(predicate);
  if (!read.success) return [];
  const images = ancestorsOf(read.data, ['DESCENDANT_OF', 'BUILD_TOOL_OF']).flatMap(
    ({ urls }) => imageIn(urls) ?? [],
  );
  if (images.length === 0) return [];
  const from = { kind: 'attestation' as const, id, pointer: '/predicate/relationships', verified };
  return [{ field: 'baseImages', value: [...new Set(images)], from }];
}

function imageIn(urls: readonly string[]): string | null {
  const url = urls.find((one) => one.startsWith('pkg:oci/') || one.startsWith('pkg:docker/'));
  return url === undefined ? null : imageOf(url, null);
}
