import {
  actions,
  buildkitV02,
  buildkitV1,
  generator,
  tektonV1,
} from '../../../harness/testing/audit/forms.ts';
import { type Konflux, spdxStatement } from '../../../harness/testing/audit/konflux.ts';
import { type Layer, attestation } from '../../../harness/testing/audit/published.ts';
import type { Publication, World } from './audit-world.ts';

/** The right image, with provenance in forms that cannot say all that Tekton's v0.2 can. */

export interface FormCase extends Publication {
  /** Verdicts that are no pass. */
  expect: Record<string, string>;
  told: string;
}

const rebuilt = (verdict: string): Record<string, string> => ({
  hermetic: verdict,
  'self-consistent': verdict,
  published: verdict,
});
const NO_SCANS = { 'scans-not-empty': 'not-checked' };
const NO_BUILDER = { builder: 'not-checked' };
const NO_RECIPE = { provenance: 'fail', ...NO_BUILDER, ...NO_SCANS, ...rebuilt('not-checked') };

type Beside = NonNullable<Publication['beside']>;

/** @param told what one of the claims says that do not pass */
export const FORM_CASES: Record<string, (world: World) => FormCase> = {
  'Tekton, SLSA v1: no parameters of tasks': (world) => ({
    beside: withSbom(world, tektonV1),
    expect: { ...NO_SCANS, published: 'fail', hermetic: 'not-checked' },
    told: 'no source date epoch is recorded',
  }),
  'BuildKit, SLSA v0.2: only buildah rebuilds': (world) => ({
    beside: alone(world, (right) => buildkitV02(right, baseOf(world))),
    expect: { ...NO_BUILDER, ...NO_SCANS, ...rebuilt('not-checked') },
    told: 'BuildKit made it',
  }),
  'BuildKit, SLSA v0.2, mode=min': (world) => ({
    beside: alone(world, (right) => buildkitV02(right, baseOf(world), 'min')),
    expect: NO_RECIPE,
    told: 'mode=min',
  }),
  'BuildKit, SLSA v1: only buildah rebuilds': (world) => ({
    beside: alone(world, (right) => buildkitV1(right, baseOf(world))),
    expect: { ...NO_BUILDER, ...NO_SCANS, ...rebuilt('not-checked') },
    told: 'BuildKit made it',
  }),
  'slsa-github-generator: the workflow and no recipe': (world) => ({
    beside: alone(world, generator),
    expect: NO_RECIPE,
    told: 'it names the workflow that ran',
  }),
  'attest-build-provenance: the workflow and no recipe': (world) => ({
    beside: alone(world, actions),
    expect: NO_RECIPE,
    told: 'it names the workflow that ran',
  }),
  'Tekton, SLSA v1, of another commit': (world) => ({
    beside: withSbom(world, (right) => tektonV1({ ...right, commit: world.commits.later })),
    expect: { ...NO_SCANS, source: 'fail', ...rebuilt('not-checked') },
    told: 'the commit is not on main',
  }),
  'attest-build-provenance of a branch that does not have the commit': (world) => ({
    beside: alone(world, (right) => actions({ ...right, revision: 'gone' })),
    expect: { ...NO_RECIPE, source: 'fail' },
    told: 'it names the workflow that ran',
  }),
};

const baseOf = ({ registry, bases }: World): string => `${registry.host}/world/base@${bases.one}`;
const signed = ({ key }: World, statement: object): Layer => attestation(JSON.stringify(statement), key);

const alone =
  (world: World, make: (right: Konflux) => object): Beside =>
  (_digest, right) => [{ layers: [signed(world, make(right))] }];

const withSbom =
  (world: World, make: (right: Konflux) => object): Beside =>
  (digest, right) => {
    const base = { repository: `${world.registry.host}/world/base`, digest: world.bases.one };
    return [{ layers: [signed(world, make(right)), signed(world, spdxStatement(digest, base))] }];
  };
