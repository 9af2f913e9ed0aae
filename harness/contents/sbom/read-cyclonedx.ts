import { z } from 'zod';
import { digestOfUrl, packageOfUrl } from './package-of-url.ts';
import type { Sbom, SbomPackage } from './types.ts';

interface Component {
  type: string;
  name: string;
  version?: string | undefined;
  purl?: string | undefined;
  hashes?: { alg: string; content: string }[] | undefined;
  components?: Component[] | undefined;
}

const COMPONENT: z.ZodType<Component> = z.object({
  type: z.string(),
  name: z.string(),
  version: z.string().optional(),
  purl: z.string().optional(),
  hashes: z.array(z.object({ alg: z.string(), content: z.string() })).optional(),
  components: z.lazy(() => z.array(COMPONENT)).optional(),
});

/** The part of CycloneDX 1.4 to 1.6 that says what is in an image. */
export const CYCLONE_DX = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.enum(['1.4', '1.5', '1.6']),
  metadata: z.object({ component: COMPONENT.optional() }).optional(),
  components: z.array(COMPONENT).default([]),
  // What the image was made with stands here (CycloneDX 1.5, "formulation"), and is not in it.
  formulation: z.array(z.unknown()).optional(),
});

function* all(components: readonly Component[]): Generator<Component, void> {
  for (const component of components) {
    yield component;
    // What is part of another image is not in this one.
    if (component.type !== 'container') yield* all(component.components ?? []);
  }
}

function digestsOf({ version = '', purl, hashes = [] }: Component): string[] {
  return [
    ...hashes.filter(({ alg }) => alg === 'SHA-256').map(({ content }) => `sha256:${content}`),
    ...(/^sha256:[0-9a-f]{64}$/.test(version) ? [version] : []),
    ...(purl === undefined ? [] : [digestOfUrl(purl) ?? []].flat()),
  ];
}

/** Reads a CycloneDX document: its components, and those within them, are in the image. */
export function readCycloneDx({ specVersion, metadata, components }: z.output<typeof CYCLONE_DX>): Sbom {
  const packages: SbomPackage[] = [];
  let others = 0;
  const floatingBases: string[] = [];
  const root = metadata?.component;
  for (const component of all([...(root?.components ?? []), ...components])) {
    const found = component.purl === undefined ? null : packageOfUrl(component.purl);
    if (found !== null) packages.push(found);
    else if (component.type !== 'container') others++;
    else if (digestsOf(component).length === 0) floatingBases.push(component.name);
  }
  const subjects = root === undefined ? [] : [...new Set(digestsOf(root))];
  return { format: `CycloneDX ${specVersion}`, subjects, packages, others, floatingBases };
}
