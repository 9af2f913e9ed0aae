import { describe, expect, test } from 'vitest';
import { readRecipe, type Sources } from './recipe.ts';
import { originText } from './origin-text.ts';
import type { Recipe } from './types.ts';

/** What each form of provenance is read as: a line for each value, with where it stands, and what is missing. */

const COMMIT = 'a'.repeat(40);
const DIGEST = `sha256:${'1'.repeat(64)}`;
const V02 = 'https://slsa.dev/provenance/v0.2';
const V1 = 'https://slsa.dev/provenance/v1';
const TARGET = { digest: DIGEST, platform: 'linux/amd64', top: DIGEST };

function lines({ form, readings, missing }: Recipe): string[] {
  return [
    form ?? 'labels alone',
    ...readings.map(({ field, value, from, contradictedBy }) => {
      const against = contradictedBy.map((other) => ` ≠ ${String(other.value)} by ${originText(other.from)}`);
      return `${field}: ${String(value)} by ${originText(from)}${against.join('')}`;
    }),
    ...missing.map(({ code, what }) => `${code}: ${what}`),
  ];
}

const read = (predicateType: string, predicate: unknown, more: Partial<Sources> = {}): string[] =>
  lines(
    readRecipe({
      target: TARGET,
      labels: {},
      more: [],
      provenance: [{ id: 'a1', verified: true, predicateType, predicate }],
      ...more,
    }),
  );

const GOLANG = {
  uri: `pkg:docker/golang@1.21?digest=sha256:${'2'.repeat(64)}&platform=linux%2Famd64`,
  digest: { sha256: '2'.repeat(64) },
};
const CONTEXT = 'context: . by default: the root of the source, where nothing else is said';
const PLATFORM = "platform: linux/amd64 by default: the image's own";
const NO_BUILD =
  'recipe-incomplete: it names the workflow that ran, not how that built the image: Containerfile, arguments and base images are not in it';
const NO_BUILDER = 'builder-unresolved: the image that the build ran in is named nowhere';
const NO_BASE = 'builder-unresolved: no digest of a base image stands in provenance or SBOM';
const NO_FILE = 'recipe-incomplete: the Containerfile is named nowhere';

describe('a recipe', () => {
  const configSource = {
    uri: 'https://git.example/app.git#refs/heads/main:folder',
    digest: { sha1: COMMIT },
    entryPoint: 'Dockerfile',
  };
  const args = {
    'build-arg:A': '1',
    'build-arg:B': '',
    'label:x': 'y',
    target: 'final',
    'build-arg:SOURCE_DATE_EPOCH': '7',
  };
  const source = { infos: [{ filename: 'Dockerfile', data: 'RlJPTSB4Cg==' }] };

  test('of BuildKit, SLSA v0.2, mode=max', () => {
    const metadata = {
      'https://mobyproject.org/buildkit@v1#metadata': { source, vcs: { revision: COMMIT } },
    };
    const invocation = {
      configSource,
      parameters: { frontend: 'dockerfile.v0', args },
      environment: { platform: 'linux/amd64' },
    };
    const predicate = {
      buildType: 'https://mobyproject.org/buildkit@v1',
      invocation,
      metadata,
      materials: [GOLANG],
    };
    expect(read(V02, predicate)).toEqual([
      'BuildKit, SLSA v0.2',
      'repository: https://git.example/app.git by a1#/predicate/invocation/configSource/uri',
      'context: folder by a1#/predicate/invocation/configSource/uri',
      'ref: refs/heads/main by a1#/predicate/invocation/configSource/uri',
      `commit: ${COMMIT} by a1#/predicate/invocation/configSource/digest/sha1`,
      'arguments: A=1,B=,SOURCE_DATE_EPOCH=7 by a1#/predicate/invocation/parameters/args',
      'labels: x=y by a1#/predicate/invocation/parameters/args ≠ (no such label) by label x',
      'target: final by a1#/predicate/invocation/parameters/args/target',
      'sourceDateEpoch: 7 by a1#/predicate/invocation/parameters/args/build-arg:SOURCE_DATE_EPOCH',
      'containerfile: Dockerfile by a1#/predicate/invocation/configSource/entryPoint',
      'platform: linux/amd64 by a1#/predicate/invocation/environment/platform',
      `baseImages: golang@sha256:${'2'.repeat(64)} by a1#/predicate/materials`,
    ]);
  });

  test('of BuildKit, SLSA v1, mode=min, which does not suffice', () => {
    const { entryPoint: path, ...from } = configSource;
    const predicate = {
      buildDefinition: {
        buildType: 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
        externalParameters: { configSource: { ...from, path }, request: { frontend: 'dockerfile.v0' } },
        internalParameters: { builderPlatform: 'linux/amd64' },
        resolvedDependencies: [GOLANG, { uri: 'pkg:docker/alpine@3.20' }],
      },
      runDetails: { builder: { id: '' } },
    };
    expect(read(V1, predicate, { labels: { 'org.opencontainers.image.revision': 'b'.repeat(40) } })).toEqual([
      'BuildKit, SLSA v1',
      'repository: https://git.example/app.git by a1#/predicate/buildDefinition/externalParameters/configSource/uri',
      'context: folder by a1#/predicate/buildDefinition/externalParameters/configSource/uri',
      'ref: refs/heads/main by a1#/predicate/buildDefinition/externalParameters/configSource/uri',
      `commit: ${COMMIT} by a1#/predicate/buildDefinition/externalParameters/configSource/digest/sha1 ≠ ${'b'.repeat(40)} by label org.opencontainers.image.revision`,
      'containerfile: Dockerfile by a1#/predicate/buildDefinition/externalParameters/configSource/path',
      'platform: linux/amd64 by a1#/predicate/buildDefinition/internalParameters/builderPlatform',
      `baseImages: golang@sha256:${'2'.repeat(64)},alpine:3.20 by a1#/predicate/buildDefinition/resolvedDependencies`,
      'builder-unresolved: a base image is not named by digest: alpine:3.20',
      'recipe-incomplete: made with mode=min, which leaves out the arguments of the build and its Containerfile; mode=max records them',
    ]);
  });

  test('of slsa-github-generator', () => {
    const predicate = {
      builder: { id: 'https://github.com/x/.github/workflows/g.yml@refs/tags/v1' },
      buildType: 'https://github.com/slsa-framework/slsa-github-generator/container@v1',
      invocation: {
        configSource: {
          uri: 'git+https://github.com/acme/app@refs/tags/v1',
          digest: { sha1: COMMIT },
          entryPoint: 'w.yml',
        },
      },
    };
    expect(read(V02, predicate)).toEqual([
      'slsa-github-generator, SLSA v0.2',
      'repository: https://github.com/acme/app by a1#/predicate/invocation/configSource/uri',
      'ref: refs/tags/v1 by a1#/predicate/invocation/configSource/uri',
      `commit: ${COMMIT} by a1#/predicate/invocation/configSource/digest/sha1`,
      'task: https://github.com/x/.github/workflows/g.yml@refs/tags/v1 by a1#/predicate/builder/id',
      PLATFORM,
      CONTEXT,
      NO_FILE,
      NO_BUILDER,
      NO_BASE,
      NO_BUILD,
    ]);
  });

  test('of attest-build-provenance', () => {
    const predicate = {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: { ref: 'refs/heads/main', repository: 'https://github.com/acme/app', path: 'w.yml' },
        },
        resolvedDependencies: [
          { uri: 'git+https://github.com/acme/app@refs/heads/main', digest: { gitCommit: COMMIT } },
        ],
      },
      runDetails: { builder: { id: 'https://github.com/acme/app/w.yml@refs/heads/main' } },
    };
    expect(read(V1, predicate).slice(0, 4)).toEqual([
      'attest-build-provenance, SLSA v1',
      'repository: https://github.com/acme/app by a1#/predicate/buildDefinition/resolvedDependencies/0/uri',
      'ref: refs/heads/main by a1#/predicate/buildDefinition/resolvedDependencies/0/uri',
      `commit: ${COMMIT} by a1#/predicate/buildDefinition/resolvedDependencies/0/digest/gitCommit`,
    ]);
  });

  test('of Tekton Chains, SLSA v1', () => {
    const params = [
      { name: 'git-url', value: 'https://git.example/app' },
      { name: 'dockerfile', value: 'Containerfile' },
      { name: 'hermetic', value: 'true' },
    ];
    const predicate = {
      buildDefinition: {
        buildType: 'https://tekton.dev/chains/v2/slsa',
        externalParameters: { runSpec: { params } },
        resolvedDependencies: [
          {
            uri: 'git+https://git.example/pipelines.git',
            digest: { sha1: 'b'.repeat(40) },
            name: 'pipeline',
          },
          {
            uri: 'oci://quay.example/task-buildah',
            digest: { sha256: '3'.repeat(64) },
            name: 'pipelineTask',
          },
          { uri: 'oci://quay.example/buildah-task', digest: { sha256: '4'.repeat(64) } },
          { uri: 'git+https://git.example/app.git', digest: { sha1: COMMIT }, name: 'inputs/result' },
        ],
      },
      runDetails: { builder: { id: 'https://tekton.dev/chains/v2' } },
    };
    expect(read(V1, predicate)).toEqual([
      'Tekton Chains, SLSA v1',
      'repository: https://git.example/app.git by a1#/predicate/buildDefinition/resolvedDependencies/3/uri',
      `commit: ${COMMIT} by a1#/predicate/buildDefinition/resolvedDependencies/3/digest/sha1`,
      'containerfile: Containerfile by a1#/predicate/buildDefinition/externalParameters/runSpec/params/1/value',
      'hermetic: true by a1#/predicate/buildDefinition/externalParameters/runSpec/params/2/value',
      `task: quay.example/task-buildah@sha256:${'3'.repeat(64)} by a1#/predicate/buildDefinition/resolvedDependencies/1/uri`,
      `builder: quay.example/buildah-task@sha256:${'4'.repeat(64)} by a1#/predicate/buildDefinition/resolvedDependencies/2/uri`,
      PLATFORM,
      CONTEXT,
      NO_BASE,
    ]);
  });

  test('of labels alone, as Hummingbird sets them', () => {
    const labels = {
      'org.opencontainers.image.source': 'https://git.example/containers',
      'org.opencontainers.image.revision': COMMIT,
      'io.hummingbird-project.containerfile': 'images/x/Containerfile',
      release: '1700000000',
    };
    expect(read('', {}, { labels, provenance: [] })).toEqual([
      'labels alone',
      'repository: https://git.example/containers by label org.opencontainers.image.source',
      `commit: ${COMMIT} by label org.opencontainers.image.revision`,
      'containerfile: images/x/Containerfile by label io.hummingbird-project.containerfile',
      'sourceDateEpoch: 1700000000 by label release',
      PLATFORM,
      CONTEXT,
      NO_BUILDER,
      NO_BASE,
    ]);
  });

  test('beside verified provenance, what nobody signed completes nothing', () => {
    const unsigned = {
      id: 'a2',
      verified: false,
      predicateType: V02,
      predicate: {
        buildType: 'https://mobyproject.org/buildkit@v1',
        invocation: { configSource },
        materials: [GOLANG],
        buildConfig: {},
      },
    };
    const generator = { buildType: 'https://github.com/slsa-framework/slsa-github-generator/container@v1' };
    const verified = { id: 'a1', verified: true, predicateType: V02, predicate: generator };
    const reported = read('', {}, { provenance: [verified, unsigned] });
    expect(reported).toContain(
      'containerfile: Dockerfile by a2#/predicate/invocation/configSource/entryPoint (nobody signed it)',
    );
    expect(reported).toEqual(expect.arrayContaining([NO_FILE, NO_BUILDER, NO_BASE, NO_BUILD]));
  });

  test.each([
    null,
    'x',
    [],
    { buildType: 'https://example/x' },
    { buildConfig: { tasks: [1, null, { results: 'x' }] }, buildType: 'tekton.dev/v1/PipelineRun' },
  ])('of a predicate that says nothing names all that is missing: %j', (predicate) => {
    expect(read(V02, predicate)).toEqual(
      expect.arrayContaining([
        'recipe-incomplete: the repository of the source is named nowhere',
        NO_FILE,
        NO_BUILDER,
        NO_BASE,
      ]),
    );
  });
});

describe('a builder that whoever audits names', () => {
  const GIVEN = `registry.example/builder@sha256:${'7'.repeat(64)}`;
  const OTHER = `registry.example/builder@sha256:${'8'.repeat(64)}`;
  const tekton = (verified: boolean, builder = OTHER): Sources => {
    const task = {
      invocation: { parameters: { DOCKERFILE: 'Containerfile' } },
      steps: [{ environment: { container: 'build', image: `oci://${builder}` } }],
      results: [{ name: 'IMAGE_DIGEST', value: DIGEST }],
    };
    const predicate = { buildType: 'tekton.dev/v1beta1/PipelineRun', buildConfig: { tasks: [task] } };
    const provenance = [{ id: 'a1', verified, predicateType: V02, predicate }];
    return { target: TARGET, labels: {}, more: [], provenance, builder: GIVEN };
  };
  const builderIn = (recipe: Recipe): string[] => lines(recipe).filter((line) => line.includes('builder'));

  test('is taken where there are labels alone, and stays missing in what the makers say', () => {
    const recipe = readRecipe({ target: TARGET, labels: {}, more: [], provenance: [], builder: GIVEN });
    expect(builderIn(recipe)).toEqual([`builder: ${GIVEN} by --builder`, NO_BUILDER, NO_BASE]);
  });
  test('does not replace what somebody signed', () => {
    expect(builderIn(readRecipe(tekton(true)))[0]).toMatch(
      /^builder: \S+888 by a1#\/predicate\S+ ≠ \S+777 by --builder$/,
    );
    expect(builderIn(readRecipe(tekton(true, GIVEN)))[0]).toMatch(/^builder: \S+777 by a1#\S+$/);
  });
  test('replaces what nobody signed', () => {
    expect(builderIn(readRecipe(tekton(false)))[0]).toMatch(/^builder: \S+777 by --builder ≠ \S+888 by a1#/);
  });
});
