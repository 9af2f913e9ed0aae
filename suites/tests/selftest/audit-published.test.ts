import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditResult } from '../../../harness/audit/result.ts';
import {
  PARAMETERS,
  type Publication,
  type World,
  makeWorld,
  newKey,
  publish,
  usual,
} from './audit-world.ts';
import { FORM_CASES } from './audit-form-cases.ts';
import { REGISTRY } from './docker-registry.ts';
import { twinproof } from './support.ts';

/**
 * Images of a world of our own are audited by their reference alone, and each wrong one has all its verdicts in a table.
 */

let world: World;
beforeAll(async () => {
  if (REGISTRY !== null) world = await makeWorld();
});
afterAll(() => (world as World | undefined)?.[Symbol.asyncDispose]());

async function audited(name: string, ...words: string[]): Promise<AuditResult & { exitCode: number }> {
  const { stdout, stderr, exitCode } = await twinproof(
    ['audit', `docker://${name}`, '--key', world.at('key'), '--json', ...words],
    { env: { HOME: world.at('home') } },
  );
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as AuditResult), exitCode: exitCode ?? -1 };
}

const ALL = [
  'signed',
  'provenance',
  'coverage',
  'source',
  'builder',
  'scans-not-empty',
  'hermetic',
  'self-consistent',
  'published',
];

function verdicts({ claims }: AuditResult): Record<string, string> {
  expect(claims.map(({ claim }) => claim)).toEqual(ALL);
  return Object.fromEntries(
    claims.flatMap(({ claim, verdict }) => (verdict === 'pass' ? [] : [[claim, verdict]])),
  );
}

const NOWHERE = `sha256:${'0'.repeat(64)}`;
const REBUILT = (verdict: string): Record<string, string> => ({
  hermetic: verdict,
  'self-consistent': verdict,
  published: verdict,
});
const RESTS_ON_SOURCE = REBUILT('not-checked');
const DIFFERS = { published: 'fail', hermetic: 'not-checked' };
const REFUSED = {
  signed: 'fail',
  provenance: 'fail',
  coverage: 'not-checked',
  source: 'not-checked',
  builder: 'not-checked',
  'scans-not-empty': 'not-checked',
  ...REBUILT('not-checked'),
};

interface Case extends Publication {
  /** Verdicts that are no pass. */
  expect: Record<string, string>;
  /** What the claim `published`, or else the first that fails, says. */
  told?: string;
}

/** Made when the world is there. */
const CASES: Record<string, () => Case> = {
  'as it was built': () => ({ expect: {}, told: 'equal at ' }),
  'compressed anew on its way': () => ({ repack: true, expect: {}, told: 're-compressed' }),
  'another commit, which its branch does not have': () => ({
    says: () => ({ commit: world.commits.later }),
    expect: { source: 'fail', ...RESTS_ON_SOURCE },
    told: 'the commit is not on main',
  }),
  'another commit of another branch': () => ({
    says: () => ({ commit: world.commits.later, revision: 'next' }),
    expect: DIFFERS,
    told: 'hello.txt',
  }),
  'a commit that was pushed away': () => ({
    says: () => ({ commit: world.commits.gone }),
    expect: { source: 'fail', ...RESTS_ON_SOURCE },
    told: 'no branch or tag of',
  }),
  'a branch that is not there': () => ({
    says: () => ({ revision: 'gone' }),
    expect: { source: 'fail', ...RESTS_ON_SOURCE },
    told: 'the commit is not on gone',
  }),
  'a repository that is not there': () => ({
    says: () => ({ repository: `${world.git.url}/other.git` }),
    expect: { source: 'not-checked', ...RESTS_ON_SOURCE },
    told: 'source-unavailable',
  }),
  'another argument': () => ({
    says: () => ({ arguments: ['VERSION=2'] }),
    expect: DIFFERS,
    told: 'label-changed: version is 1, the build sets 2',
  }),
  'another epoch': () => ({
    says: () => ({ parameters: { ...PARAMETERS, SOURCE_DATE_EPOCH: '1700000001' } }),
    expect: DIFFERS,
    told: 'not what was published',
  }),
  'another base image': () => ({ base: world.bases.two, expect: DIFFERS, told: 'base-moved' }),
  'a base image that nobody has': () => ({
    base: NOWHERE,
    expect: RESTS_ON_SOURCE,
    told: 'builder-unresolved',
  }),
  'no digest of a base image': () => ({
    base: null,
    expect: { provenance: 'fail', ...RESTS_ON_SOURCE },
    told: 'builder-unresolved: line 1 of the Containerfile',
  }),
  'a file that was added after the build': () => ({ file: 'bad', expect: DIFFERS, told: 'layer-added' }),
  'a label that was added after the build': () => ({
    labels: { maintainer: 'somebody' },
    expect: DIFFERS,
    told: 'label-added: maintainer',
  }),
  'a label of the build task with another value than it sets': () => ({
    labels: { 'vcs-type': 'svn' },
    expect: DIFFERS,
    told: 'label-added: vcs-type',
  }),
  'a label that names another commit': () => ({
    labels: { 'vcs-ref': 'a'.repeat(40) },
    expect: { source: 'fail', ...RESTS_ON_SOURCE },
  }),
  'another label than the build was told to set': () => ({
    says: () => ({ labels: ['release=1'] }),
    expect: { source: 'fail', ...RESTS_ON_SOURCE },
  }),
  'another key': () => ({ key: newKey(), expect: REFUSED, told: 'no signature verifies' }),
  'the statement of another image': () => ({
    beside: (digest, right) => [
      {
        layers: usual(
          world,
          digest,
          { ...right, index: NOWHERE, images: { 'linux/amd64': NOWHERE } },
          { base: null },
        ),
      },
    ],
    expect: REFUSED,
    told: 'other-subject',
  }),
  'the builder by tag': () => ({
    says: () => ({ builder: `${world.registry.host}/world/buildah-task:1` }),
    expect: { provenance: 'fail', builder: 'fail', ...RESTS_ON_SOURCE },
    told: 'builder-unresolved: the image that the build ran in is not named by digest',
  }),
  'a Containerfile that the commit does not have': () => ({
    says: () => ({ parameters: { ...PARAMETERS, DOCKERFILE: 'Other' } }),
    expect: { source: 'fail', ...RESTS_ON_SOURCE },
  }),
  'a stage that the Containerfile does not have': () => ({
    says: () => ({ parameters: { ...PARAMETERS, TARGET_STAGE: 'none' } }),
    expect: REBUILT('error'),
    told: 'twin A could not be built',
  }),
  'layers that are not squashed as it says': () => ({
    says: () => ({ parameters: { ...PARAMETERS, SQUASH: 'true' } }),
    expect: DIFFERS,
  }),
  'labels.json, which Konflux injects': () => ({
    injected: 'right',
    says: () => ({ parameters: { ...PARAMETERS, SKIP_INJECTIONS: 'false' } }),
    expect: {},
    told: 'equal at ',
  }),
  'labels.json where nothing is injected': () => ({
    injected: 'right',
    expect: DIFFERS,
    told: 'labels.json',
  }),
  'labels.json that says more than the labels': () => ({
    injected: 'wrong',
    says: () => ({ parameters: { ...PARAMETERS, SKIP_INJECTIONS: 'false' } }),
    expect: REBUILT('unsupported'),
    told: 'hidden is "text", which is no label of the image',
  }),
  'no file is injected though they may be': () => ({
    says: () => ({ parameters: { ...PARAMETERS, SKIP_INJECTIONS: 'false' } }),
    expect: {},
  }),
  'packages of a kind that is not fetched here': () => ({
    says: () => ({ parameters: { ...PARAMETERS, PREFETCH_INPUT: '{"type":"gomod"}' } }),
    expect: REBUILT('unsupported'),
    told: 'gomod',
  }),
  'a scan of no package': () => ({
    says: () => ({ rpms: { unsigned: 0 } }),
    expect: { 'scans-not-empty': 'fail' },
  }),
  'a newer statement of the same key that is wrong': () => ({
    beside: (digest, right) => [
      {
        layers: [
          ...usual(world, digest, right),
          ...usual(
            world,
            digest,
            { ...right, arguments: ['VERSION=2'], finished: '2026-03-02T00:00:00Z' },
            { base: null },
          ),
        ],
      },
    ],
    expect: DIFFERS,
    told: 'label-changed: version',
  }),
};

test.skipIf(REGISTRY === null).for([...Object.keys(CASES), ...Object.keys(FORM_CASES)])(
  '%s',
  async (name) => {
    const made = CASES[name]?.() ?? FORM_CASES[name]?.(world);
    if (made === undefined) throw new Error(name);
    const { name: image } = await publish(world, made);
    const result = await audited(image);
    expect(verdicts(result)).toEqual(made.expect);
    const { told } = made;
    const about =
      result.claims.find(({ verdict }) => verdict === 'fail') ??
      result.claims.find(({ claim }) => claim === 'published');
    const said = result.claims.flatMap(({ claim, summary, details }) =>
      claim === 'published' || claim === 'provenance' || claim === about?.claim ? [summary, ...details] : [],
    );
    if (told !== undefined) expect(said.join('\n')).toContain(told);
    const values = Object.values(made.expect);
    expect(result.exitCode).toBe(values.length === 0 ? 0 : values.includes('fail') ? 1 : 2);
  },
);
