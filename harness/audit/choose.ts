import type { Evidence, Exhibit } from './evidence.ts';
import { statementOf } from './evidence.ts';
import type { PlatformImage } from './find/subject.ts';
import { readRecipe } from './read/recipe.ts';
import { readSbom } from './read/sbom.ts';
import type { Fact, Provenance, Recipe } from './read/types.ts';
import type { Statement } from '../attest/statements.ts';

/** What is known of one platform. */
export interface Chosen {
  image: PlatformImage;
  /** The provenance that counts: the newest that verifies. */
  provenance: { exhibit: Exhibit; statement: Statement } | null;
  recipe: Recipe;
}

/** Whether something speaks of an image: of itself, or of an index that contains it. */
export function coverage(
  { subjects }: Exhibit,
  { manifest, through }: PlatformImage,
): 'itself' | 'index' | null {
  if (subjects.includes(manifest.digest)) return 'itself';
  return through.some(({ digest }) => subjects.includes(digest)) ? 'index' : null;
}

const newestFirst = (a: Exhibit, b: Exhibit): number => (b.builtAt ?? 0) - (a.builtAt ?? 0);

/** Provenance of an image in the order in which it counts. */
export function provenanceOf(
  { exhibits }: Evidence,
  image: PlatformImage,
  status: Exhibit['status'],
): Exhibit[] {
  return exhibits
    .filter((one) => one.status === status && one.role === 'provenance' && coverage(one, image) !== null)
    .sort(newestFirst);
}

/** Reads how the image of one platform was made, from what counts for it. */
export async function choose(evidence: Evidence, image: PlatformImage, builder?: string): Promise<Chosen> {
  const [verified] = provenanceOf(evidence, image, 'verified');
  const [unsigned] = provenanceOf(evidence, image, 'unsigned');
  const read: { exhibit: Exhibit; statement: Statement }[] = [];
  for (const exhibit of [verified, unsigned]) {
    const statement = exhibit === undefined ? null : await statementOf(evidence, exhibit);
    if (exhibit !== undefined && statement !== null) read.push({ exhibit, statement });
  }
  const recipe = readRecipe({
    target: { digest: image.manifest.digest, platform: image.platform, top: evidence.image.top.digest },
    labels: image.labels,
    history: image.history,
    builder,
    provenance: read.map(toProvenance),
    more: await sbomFacts(evidence, image),
  });
  const provenance = read.find(({ exhibit }) => exhibit.status === 'verified') ?? null;
  return { image, provenance, recipe };
}

const toProvenance = ({ exhibit, statement }: { exhibit: Exhibit; statement: Statement }): Provenance => ({
  id: exhibit.found.id,
  verified: exhibit.status === 'verified',
  predicateType: statement.predicateType,
  predicate: statement.predicate,
});

/** Base images as signed SBOMs of the image itself name them. */
async function sbomFacts(evidence: Evidence, image: PlatformImage): Promise<Fact[]> {
  for (const one of evidence.exhibits) {
    if (one.status !== 'verified' || one.role !== 'sbom' || coverage(one, image) !== 'itself') continue;
    const statement = await statementOf(evidence, one);
    const facts =
      statement === null
        ? []
        : readSbom({ id: one.found.id, verified: true, predicate: statement.predicate });
    if (facts.length > 0) return facts;
  }
  return [];
}
