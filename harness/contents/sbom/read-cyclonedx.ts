import { z } from 'zod';
import { digestIn, digestOfUrl, packageOfUrl } from './package-of-url.ts';
import { isFetched } from './fetched.ts';
import type { Sbom, SbomPackage, UnnamedPackage } from './types.ts';

interface Component {
  type: string;
  name: string;
  version?: string | undefined;
  purl?: string | undefined;
  scope?: string | undefined;
  properties?: { name?: string | undefined }[] | undefined;
  hashes?: { alg: string; content: string }[] | undefined;
  components?: Component[] | undefined;
}

const COMPONENT: z.ZodType<Component> = z.object({
  type: z.string(),
  name: z.string(),
  version: z.string().optional(),
  purl: z.string().optional(),
  scope: z.string().optional(),
  properties: z.array(z.object({ name: z.string().optional() })).optional(),
  hashes: z.array(z.object({ alg: z.string(), content: z.string() })).optional(),
  components: z.lazy(() => z.array(COMPONENT)).optional(),
});

/** The part of CycloneDX 1.2 to 1.7 that says what is in an image. */
export const CYCLONE_DX = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string().regex(/^1\.[2-7]$/, 'a version from 1.2 to 1.7 is expected'),
  metadata: z.object({ component: COMPONENT.optional() }).optional(),
  components: z.array(COMPONENT).default([]),
  // What the image was made with stands here (CycloneDX 1.5, "formulation"), and is not in it.
  formulation: z.array(z.unknown()).optional(),
});

function* all(components: readonly Component[]): Generator<Component, void> {
  for (const component of components) {
    // Not part of the product (CycloneDX 1.6, component/scope).
    if (component.scope !== 'excluded') yield component;
    // What is part of another image is not in this one.
    if (component.type !== 'container') yield* all(component.components ?? []);
  }
}

function digestsOf({ version = '', purl, hashes = [] }: Component): string[] {
  return [
    ...hashes.filter(({ alg }) => alg === 'SHA-256').map(({ content }) => `sha256:${content.toLowerCase()}`),
    ...(digestIn(version) === null ? [] : [version.toLowerCase()]),
    ...(purl === undefined ? [] : [digestOfUrl(purl) ?? []].flat()),
  ];
}

const wasFetched = ({ properties = [] }: Component): boolean =>
  properties.some(({ name }) => name !== undefined && isFetched(name));

/** Reads a CycloneDX document: its components, and those within them, are in the image. */
export function readCycloneDx({ specVersion, metadata, components }: z.output<typeof CYCLONE_DX>): Sbom {
  const packages: SbomPackage[] = [];
  const possible: SbomPackage[] = [];
  const unnamed: UnnamedPackage[] = [];
  let others = 0;
  const floatingBases: string[] = [];
  const root = metadata?.component;
  // The document of a package is about the package.
  const own = root?.type === 'container' ? (root.components ?? []) : root === undefined ? [] : [root];
  for (const component of all([...own, ...components])) {
    const { type, name, version, purl } = component;
    const found = purl === undefined ? null : packageOfUrl(purl);
    if (found !== null) (wasFetched(component) ? possible : packages).push(found);
    else if (type === 'container') {
      if (digestsOf(component).length === 0) floatingBases.push(name);
    } else {
      others++;
      if (purl === undefined && version !== undefined) unnamed.push({ name, version });
    }
  }
  const subjects = root === undefined ? [] : [...new Set(digestsOf(root))];
  return { format: `CycloneDX ${specVersion}`, subjects, packages, possible, unnamed, others, floatingBases };
}
