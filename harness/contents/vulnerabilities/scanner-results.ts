import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TwinproofError } from '../../errors.ts';
import { parseJson } from '../../oci/json.ts';
import { compareSbom, deviationLines } from '../sbom/compare.ts';
import { readSbomFile } from '../sbom/given.ts';
import type { Inventory } from '../types.ts';
import { parsed } from './read-advisories.ts';
import { severityOfScore, severityOfWord, worst } from './severity.ts';
import type { Severity, Vulnerability } from './types.ts';

interface Component {
  'bom-ref'?: string | undefined;
  name: string;
  version?: string | undefined;
  purl?: string | undefined;
  components?: Component[] | undefined;
}
const COMPONENT: z.ZodType<Component> = z.object({
  'bom-ref': z.string().optional(),
  name: z.string(),
  version: z.string().optional(),
  purl: z.string().optional(),
  components: z.lazy(() => z.array(COMPONENT)).optional(),
});

/** The part of CycloneDX 1.4 to 1.6 that says which vulnerabilities a scanner found. */
const RESULTS = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(COMPONENT).default([]),
  vulnerabilities: z
    .array(
      z.object({
        id: z.string().min(1),
        references: z.array(z.object({ id: z.string() })).optional(),
        ratings: z
          .array(z.object({ severity: z.string().optional(), score: z.number().optional() }))
          .optional(),
        published: z.string().optional(),
        analysis: z.object({ state: z.string().optional() }).optional(),
        affects: z.array(z.object({ ref: z.string() })).optional(),
      }),
    )
    .optional(),
});
type Found = NonNullable<z.output<typeof RESULTS>['vulnerabilities']>[number];

/** What a scanner that was asked by somebody says itself not to be a vulnerability (CycloneDX, impact analysis). */
const TAKEN_BACK = new Set(['not_affected', 'false_positive', 'resolved', 'resolved_with_pedigree']);

/**
 * What a scanner found in an image, by its results in CycloneDX.
 * @param where as the catalog names the file
 * @throws TwinproofError `unknown` for results about another image, or that miss packages: an empty scan is no clean one;
 *   `catalog-invalid` for what are no results
 */
export async function scannerResults(
  path: string,
  where: string,
  inventory: Inventory,
): Promise<Vulnerability[]> {
  try {
    const { components, vulnerabilities } = parsed(RESULTS, parseJson(await readFile(path), where), where);
    if (vulnerabilities === undefined)
      throw new TwinproofError('catalog-invalid', 'it lists components and no `vulnerabilities`', { where });
    // What it lists beyond the image's packages takes nothing away.
    // A scanner has looked at what it names by a package URL, and at nothing else.
    const named = { ...(await readSbomFile(path)), possible: [], unnamed: [] };
    const deviation = compareSbom(inventory, named);
    const [why] = deviationLines({ ...deviation, extra: [], floatingBases: [] });
    if (why !== undefined)
      throw new TwinproofError('unknown', `the scanner looked at something else: ${why}`, { where });
    return vulnerabilities.flatMap((one) => findingsOf(one, byReference(components)));
  } catch (cause) {
    if (!(cause instanceof TwinproofError) || cause.code === 'unknown') throw cause;
    throw new TwinproofError('catalog-invalid', cause.message, { where, cause });
  }
}

function byReference(components: readonly Component[]): Map<string, Component> {
  const found = new Map<string, Component>();
  const open = [...components];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const key of [one['bom-ref'], one.purl]) if (key !== undefined) found.set(key, one);
    open.push(...(one.components ?? []));
  }
  return found;
}

function findingsOf(found: Found, components: ReadonlyMap<string, Component>): Vulnerability[] {
  const { id, references = [], published = null, analysis, affects = [] } = found;
  if (TAKEN_BACK.has(analysis?.state ?? '')) return [];
  const common = {
    ...{ id, names: [...new Set([id, ...references.map((one) => one.id)])], advisories: ['scanner'] },
    ...{ severity: severityOf(found), fixedIn: null, hasFix: false, published, undecided: null },
  };
  // What names no component is in the image all the same.
  const refs = affects.length === 0 ? [''] : affects.map(({ ref }) => ref);
  return refs.map((ref) => {
    const { name = ref, version = '', purl = '' } = components.get(ref) ?? {};
    return { ...common, package: name, version, purl };
  });
}

function severityOf({ ratings = [] }: Found): Severity {
  return worst(
    ratings.map(({ severity = '', score }) => {
      const word = severityOfWord(severity);
      return word === 'unknown' && score !== undefined ? severityOfScore(score) : word;
    }),
  );
}
