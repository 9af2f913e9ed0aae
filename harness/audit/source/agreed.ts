import type { Chosen } from '../choose.ts';
import { isCommit } from '../read/facts.ts';
import { originText } from '../read/origin-text.ts';
import { isSigned, valueOf } from '../read/recipe.ts';
import { isSame } from '../read/same.ts';
import type { Field } from '../read/types.ts';
import type { Wanted } from './clone.ts';

/** Of what several sources must say the same. */
const AGREED: readonly Field[] = ['repository', 'commit', 'containerfile', 'labels'];

/** What labels and provenance say of the source together, or what keeps them from saying one thing. */
export type Agreed =
  | { kind: 'agreed'; wanted: Wanted }
  | { kind: 'contradicted'; against: string[] }
  | { kind: 'unsaid'; what: string };

export function agreedSource(platforms: readonly Chosen[]): Agreed {
  const against = platforms.flatMap((one) => contradictionsOf(one));
  if (against.length > 0) return { kind: 'contradicted', against };
  const commits = distinct(platforms, 'commit');
  const repositories = distinct(platforms, 'repository');
  const [commit] = commits;
  const [repository] = repositories;
  for (const [what, said] of [
    ['commits', commits],
    ['repositories', repositories],
  ] as const)
    if (said.length > 1)
      return {
        kind: 'contradicted',
        against: [`the platforms are of different ${what}: ${said.join(', ')}`],
      };
  if (commit === undefined) return { kind: 'unsaid', what: 'no source names the commit' };
  if (!isCommit(commit))
    return { kind: 'unsaid', what: `no source names the commit in full, only ${commit}` };
  return { kind: 'agreed', wanted: { repository: repository ?? '', commit } };
}

function distinct(platforms: readonly Chosen[], field: 'commit' | 'repository'): string[] {
  const said: string[] = [];
  for (const { recipe } of platforms) {
    const value = signedText(recipe, field);
    if (value !== null && !said.some((one) => isSame(field, one, value))) said.push(value);
  }
  return said;
}

/** Of the sources that somebody signed, which labels of a signed image are. */
export function signedText(recipe: Chosen['recipe'], field: Field): string | null {
  const reading = valueOf(recipe, field);
  return reading !== null && isSigned(reading) && typeof reading.value === 'string' ? reading.value : null;
}

function contradictionsOf({ recipe, image }: Chosen): string[] {
  return recipe.readings
    .filter((one) => AGREED.includes(one.field) && isSigned(one))
    .flatMap(({ field, value, from, contradictedBy }) =>
      contradictedBy
        .filter(isSigned)
        .map(
          (other) =>
            `${image.platform}: ${field} is ${String(value)} by ${originText(from)}, and ${String(other.value)} by ${originText(other.from)}`,
        ),
    );
}
