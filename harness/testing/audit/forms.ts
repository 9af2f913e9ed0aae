import { type Konflux, hexOf } from './konflux.ts';

/** The same build as in `konfluxStatement`, in the other forms in which pipelines write provenance; made up. */

type Statement = Record<string, unknown>;

const FINISHED = '2026-03-01T01:00:00Z';
const SLSA_V02 = 'https://slsa.dev/provenance/v0.2';
const SLSA_V1 = 'https://slsa.dev/provenance/v1';

function statement({ index, images }: Konflux, predicateType: string, predicate: object): Statement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [...new Set([index, ...Object.values(images)])].map((digest) => ({
      name: 'registry.example/app',
      digest: { sha256: hexOf(digest) },
    })),
    predicateType,
    predicate,
  };
}

const dependency = (reference: string, name?: string): object => {
  const [uri = '', digest = ''] = reference.split('@');
  return { ...(name === undefined ? {} : { name }), uri: `oci://${uri}`, digest: { sha256: hexOf(digest) } };
};

/** Tekton Chains, SLSA v1. */
export function tektonV1(given: Konflux): Statement {
  const { commit, repository, revision = 'main', builder = '' } = given;
  const parameters = {
    'git-url': repository,
    revision,
    dockerfile: 'Containerfile',
    'path-context': '.',
    hermetic: 'true',
    'build-args': given.arguments ?? [],
  };
  const params = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  return statement(given, SLSA_V1, {
    buildDefinition: {
      buildType: 'https://tekton.dev/chains/v2/slsa',
      externalParameters: { runSpec: { pipelineRef: { name: 'build' }, params } },
      internalParameters: { 'tekton-pipelines-feature-flags': {} },
      resolvedDependencies: [
        { name: 'pipeline', uri: 'git+https://git.example/pipelines.git', digest: { sha1: 'e'.repeat(40) } },
        dependency(`quay.example/task-buildah@sha256:${'d'.repeat(64)}`, 'pipelineTask'),
        dependency(builder),
        { name: 'inputs/result', uri: `git+${repository}`, digest: { sha1: commit } },
      ],
    },
    runDetails: {
      builder: { id: 'https://tekton.dev/chains/v2' },
      metadata: { invocationId: 'a', startedOn: '2026-03-01T00:00:00Z', finishedOn: FINISHED },
    },
  });
}

const args = (given: Konflux): object => ({
  ...Object.fromEntries(
    (given.arguments ?? []).map((one) => [`build-arg:${one.split('=')[0] ?? ''}`, one.split('=')[1] ?? '']),
  ),
  filename: 'Containerfile',
});
const base = (reference: string): object => {
  const [name = '', digest = ''] = reference.split('@');
  return {
    uri: `pkg:docker/${name}@1?digest=${digest}&platform=linux%2Famd64`,
    digest: { sha256: hexOf(digest) },
  };
};
const source = { infos: [{ filename: 'Containerfile', language: 'Dockerfile' }] };
const git = ({ repository, revision = 'main' }: Konflux): string => `${repository}#refs/heads/${revision}`;

/** BuildKit, SLSA v0.2. @param of the base image */
export function buildkitV02(given: Konflux, of: string, mode: 'max' | 'min' = 'max'): Statement {
  return statement(given, SLSA_V02, {
    builder: { id: '' },
    buildType: 'https://mobyproject.org/buildkit@v1',
    materials: [base(of), { uri: git(given), digest: { sha1: given.commit } }],
    invocation: {
      configSource: { uri: git(given), digest: { sha1: given.commit }, entryPoint: 'Containerfile' },
      parameters: { frontend: 'dockerfile.v0', ...(mode === 'max' ? { args: args(given) } : {}) },
      environment: { platform: 'linux/amd64' },
    },
    ...(mode === 'max' ? { buildConfig: { llbDefinition: [] } } : {}),
    metadata: {
      buildFinishedOn: FINISHED,
      ...(mode === 'max' ? { 'https://mobyproject.org/buildkit@v1#metadata': { source } } : {}),
    },
  });
}

/** BuildKit, SLSA v1. */
export function buildkitV1(given: Konflux, of: string): Statement {
  return statement(given, SLSA_V1, {
    buildDefinition: {
      buildType: 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
      externalParameters: {
        configSource: { uri: git(given), digest: { sha1: given.commit }, path: 'Containerfile' },
        request: { frontend: 'dockerfile.v0', args: args(given) },
      },
      internalParameters: { buildConfig: { llbDefinition: [] }, builderPlatform: 'linux/amd64' },
      resolvedDependencies: [base(of), { uri: git(given), digest: { sha1: given.commit } }],
    },
    runDetails: {
      builder: { id: '' },
      metadata: { finishedOn: FINISHED, buildkit_metadata: { source } },
    },
  });
}

/** slsa-github-generator, SLSA v0.2. */
export function generator(given: Konflux): Statement {
  const uri = `git+${given.repository}@refs/heads/${given.revision ?? 'main'}`;
  return statement(given, SLSA_V02, {
    builder: {
      id: 'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0',
    },
    buildType: 'https://github.com/slsa-framework/slsa-github-generator/container@v1',
    invocation: {
      configSource: { uri, digest: { sha1: given.commit }, entryPoint: '.github/workflows/release.yml' },
      parameters: {},
      environment: { github_run_id: '1' },
    },
    metadata: { buildInvocationID: '1-1', completeness: { parameters: true }, reproducible: false },
    materials: [{ uri, digest: { sha1: given.commit } }],
  });
}

/** actions/attest-build-provenance, SLSA v1. */
export function actions(given: Konflux): Statement {
  const ref = `refs/heads/${given.revision ?? 'main'}`;
  return statement(given, SLSA_V1, {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {
        workflow: { ref, repository: given.repository, path: '.github/workflows/release.yml' },
      },
      internalParameters: { github: { event_name: 'push', runner_environment: 'github-hosted' } },
      resolvedDependencies: [{ uri: `git+${given.repository}@${ref}`, digest: { gitCommit: given.commit } }],
    },
    runDetails: {
      builder: { id: 'https://github.com/actions/runner/github-hosted' },
      metadata: { invocationId: 'https://github.com/org/app/actions/runs/1/attempts/1' },
    },
  });
}
