import { SLSA_V1 } from '../verify/predicates.ts';
import { readActions, readGenerator } from './github.ts';
import { readBuildkit } from './buildkit.ts';
import { isCommit, isPinned } from './facts.ts';
import { readHistory } from './history.ts';
import { readLabels } from './labels.ts';
import { JsonPlace } from './place.ts';
import { isSame } from './same.ts';
import { readTekton } from './tekton.ts';
import { readTektonV1 } from './tekton-v1.ts';
import type {
  Fact,
  Field,
  Missing,
  ValueSource,
  Provenance,
  Reading,
  Recipe,
  Target,
  Told,
} from './types.ts';

/** What a build type is read by. */
const FORMS: readonly [RegExp, (provenance: Provenance, target: Target) => Told][] = [
  [/^https:\/\/tekton\.dev\/chains\/v2\/slsa/, readTektonV1],
  [/^tekton(?:\.dev\/|-chains|\/)|^https:\/\/chains\.tekton\.dev\/|^https:\/\/tekton\.dev\//, readTekton],
  [/^https:\/\/mobyproject\.org\/buildkit@|^https:\/\/github\.com\/moby\/buildkit\//, readBuildkit],
  [/^https:\/\/github\.com\/slsa-framework\/slsa-github-generator\//, readGenerator],
  [/^https:\/\/actions\.github\.io\/buildtypes\//, readActions],
];

export function buildTypeOf({
  predicateType,
  predicate,
}: Pick<Provenance, 'predicateType' | 'predicate'>): string {
  const place = new JsonPlace(predicate);
  const type = predicateType === SLSA_V1 ? place.at('buildDefinition', 'buildType') : place.at('buildType');
  return type.text ?? '';
}

/** What one attestation says of how the image was made. */
export function readProvenance(provenance: Provenance, target: Target): Told {
  const type = buildTypeOf(provenance);
  const form = FORMS.find(([pattern]) => pattern.test(type));
  if (form !== undefined) return form[1](provenance, target);
  const what = `provenance of the build type ${type.slice(0, 200)} is not read here`;
  return { form: type, facts: [], missing: [{ code: 'recipe-incomplete', field: null, what }] };
}

export interface Sources {
  target: Target;
  labels: Readonly<Record<string, string>>;
  /** Instructions in the image's history, the first one first. */
  history?: readonly string[];
  /** The image that the build ran in, by the word of whoever audits: it fills in what nobody vouches for. */
  builder?: string | undefined;
  /** The one that is used, and what completes it, such as what BuildKit wrote beside a signed one. */
  provenance: Provenance[];
  /** What SBOMs say. */
  more: Fact[];
}

/** Puts together what all sources say; of each field the first source counts, and the others are checked against it. */
export function readRecipe({ target, labels, history = [], builder, provenance, more }: Sources): Recipe {
  const reported = provenance.map((one) => readProvenance(one, target));
  const facts = [
    ...reported.flatMap((one, number) => (provenance[number]?.verified === true ? one.facts : [])),
    ...more,
    ...readLabels(labels),
    ...readHistory(history),
    ...reported.flatMap((one, number) => (provenance[number]?.verified === true ? [] : one.facts)),
    ...defaults(target),
  ];
  const readings = readingsOf(facts);
  againstLabels(readings, labels);
  const [first] = provenance;
  const missing = [...lacking(trusted(readings, first)), ...unsaid(reported, provenance)];
  return {
    platform: target.platform,
    digest: target.digest,
    form: reported[0]?.form ?? null,
    from: first?.id ?? null,
    verified: first?.verified ?? false,
    readings: builder === undefined ? readings : withBuilder(readings, builder),
    missing,
  };
}

/** It is no word of the makers: what their provenance lacks stays missing. */
function withBuilder(readings: readonly Reading[], value: string): Reading[] {
  const from = { kind: 'given' as const, option: '--builder' };
  const known = readings.find(({ field }) => field === 'builder');
  const others = readings.filter((one) => one !== known);
  if (known === undefined) return [...others, { field: 'builder', value, from, contradictedBy: [] }];
  const { value: said, from: by, contradictedBy } = known;
  if (isSame('builder', said, value)) return [...readings];
  return isSigned(known)
    ? [...others, { ...known, contradictedBy: [...contradictedBy, { value, from }] }]
    : [...others, { field: 'builder', value, from, contradictedBy: [{ value: said, from: by }] }];
}

function defaults({ platform }: Target): Fact[] {
  const fact = (field: Field, value: string, because: string): Fact => ({
    field,
    value,
    from: { kind: 'default', because },
  });
  return [
    ...(platform === 'artifact' ? [] : [fact('platform', platform, "the image's own")]),
    fact('context', '.', 'the root of the source, where nothing else is said'),
  ];
}

function readingsOf(facts: readonly Fact[]): Reading[] {
  const readings = new Map<Field, Reading>();
  for (const fact of facts) {
    const known = readings.get(fact.field);
    if (known === undefined) readings.set(fact.field, { ...fact, contradictedBy: [] });
    else if (fact.from.kind !== 'default' && !isSame(fact.field, known.value, fact.value))
      known.contradictedBy.push({ value: fact.value, from: fact.from });
  }
  return [...readings.values()];
}

/** Labels that the build was told to set are in the image. */
function againstLabels(readings: readonly Reading[], labels: Readonly<Record<string, string>>): void {
  const wanted = readings.find(({ field }) => field === 'labels');
  if (wanted === undefined || typeof wanted.value === 'string') return;
  for (const entry of wanted.value) {
    const [name = '', ...rest] = entry.split('=');
    const own = Object.hasOwn(labels, name) ? labels[name] : undefined;
    if (own !== rest.join('='))
      wanted.contradictedBy.push({ value: own ?? '(no such label)', from: { kind: 'label', name } });
  }
}

/** The value of a field; null where nobody says it. */
export const valueOf = ({ readings }: Pick<Recipe, 'readings'>, field: Field): Reading | null =>
  readings.find((one) => one.field === field) ?? null;

/** Anybody can put a statement beside an image: what nobody signed shows nothing, and contradicts nothing. */
export const isSigned = ({ from }: { from: ValueSource }): boolean =>
  from.kind !== 'attestation' || from.verified;

function lacking(readings: Reading[]): Missing[] {
  const value = (field: Field): string | string[] => valueOf({ readings }, field)?.value ?? '';
  const missing: Missing[] = [];
  const needs = (is: boolean, field: Field, what: string): void => {
    const code = field === 'builder' || field === 'baseImages' ? 'builder-unresolved' : 'recipe-incomplete';
    if (!is) missing.push({ code, field, what });
  };
  const [commit, builder, bases] = [value('commit'), value('builder'), value('baseImages')];
  needs(value('repository') !== '', 'repository', 'the repository of the source is named nowhere');
  needs(
    typeof commit === 'string' && isCommit(commit),
    'commit',
    'the commit of the source is named nowhere in full',
  );
  needs(value('containerfile') !== '', 'containerfile', 'the Containerfile is named nowhere');
  const isBuildkit = builder === '' && Array.isArray(bases);
  needs(
    isBuildkit || (typeof builder === 'string' && isPinned(builder)),
    'builder',
    builder === ''
      ? 'the image that the build ran in is named nowhere'
      : `the image that the build ran in is not named by digest: ${String(builder)}`,
  );
  if (Array.isArray(bases))
    for (const base of bases.filter((one) => !isPinned(one)))
      needs(false, 'baseImages', `a base image is not named by digest: ${base}`);
  else needs(false, 'baseImages', 'no digest of a base image stands in provenance or SBOM');
  return missing;
}

/** Beside provenance that is verified, what nobody signed says nothing. */
const trusted = (readings: Reading[], first: Provenance | undefined): Reading[] =>
  first?.verified === true ? readings.filter(isSigned) : readings;

/** What a form of provenance lacks counts, unless another one that is as good completes it. */
function unsaid(reported: readonly Told[], provenance: readonly Provenance[]): Missing[] {
  const [first] = provenance;
  const equal = reported.filter(
    (_, number) => first?.verified !== true || provenance[number]?.verified === true,
  );
  return equal.some(({ missing }) => missing.length === 0) ? [] : equal.flatMap(({ missing }) => missing);
}
