/** Statements of the shape in which Tekton Chains writes them for Konflux, made up. */

export const hexOf = (digest: string): string => digest.replace('sha256:', '');
const pinned = (name: string, digit: string): string => `quay.example/${name}@sha256:${digit.repeat(64)}`;

export const BUILDAH = pinned('buildah-task', 'b');

export interface Konflux {
  /** Digests of what it is about. */
  index: string;
  images: Readonly<Record<string, string>>;
  commit: string;
  repository: string;
  arguments?: string[];
  builder?: string;
  labels?: string[];
  rpms?: unknown;
  finished?: string;
  /** What the branch is called; `main` unless said. */
  revision?: string;
  /** Parameters of the build task over the usual ones. */
  parameters?: Record<string, unknown>;
}

type Statement = Record<string, unknown>;

const text = (name: string, value: unknown): object => ({ name, type: 'string', value });
const bundle = (task: string): object => ({
  resolver: 'bundles',
  params: [text('name', task), text('bundle', pinned(`task-${task}:0.2`, 'd'))],
});

function buildTask([platform, digest]: [string, string], given: Konflux): object {
  const parameters = {
    BUILD_ARGS: given.arguments ?? ['VERSION=1'],
    COMMIT_SHA: given.commit,
    CONTEXT: '.',
    DOCKERFILE: 'Containerfile',
    HERMETIC: 'true',
    LABELS: given.labels ?? ['release=1700000000'],
    PLATFORM: platform.replace('amd64', 'x86_64'),
    PREFETCH_INPUT: '[{"type": "rpm"}]',
    TARGET_STAGE: '',
    YUM_REPOS_D_TARGET: '/etc/yum.repos.d',
    ...given.parameters,
  };
  return {
    name: `build-${platform}`,
    ref: bundle('buildah'),
    invocation: { parameters },
    steps: [{ environment: { container: 'build', image: `oci://${given.builder ?? BUILDAH}` } }],
    results: [text('IMAGE_DIGEST', digest)],
  };
}

/** SLSA v0.2. */
export function konfluxStatement(given: Konflux): Statement {
  const { index, images, commit, repository, rpms = { keys: { key: 40, unsigned: 0 } } } = given;
  const cloned = [text('commit', commit), text('commit-timestamp', '1700000000'), text('url', repository)];
  const tested = { result: 'SUCCESS', timestamp: '1700000000', successes: 0, failures: 0, warnings: 0 };
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: [index, ...Object.values(images)].map((digest) => ({
      name: 'quay.example/app',
      digest: { sha256: hexOf(digest) },
    })),
    predicateType: 'https://slsa.dev/provenance/v0.2',
    predicate: {
      builder: { id: 'https://tekton.dev/chains/v2' },
      buildType: 'tekton.dev/v1beta1/PipelineRun',
      invocation: {
        configSource: { uri: 'git+https://git.example/pipelines.git', digest: { sha1: 'e'.repeat(40) } },
        parameters: {
          'git-url': repository,
          revision: given.revision ?? 'main',
          dockerfile: 'Containerfile',
          hermetic: 'true',
        },
      },
      buildConfig: {
        tasks: [
          { name: 'clone-repository', ref: bundle('git-clone'), results: cloned },
          ...Object.entries(images).map((one) => buildTask(one, given)),
          {
            name: 'rpms-signature-scan',
            results: [text('RPMS_DATA', JSON.stringify(rpms)), text('TEST_OUTPUT', JSON.stringify(tested))],
          },
        ],
      },
      // The pipeline's own definition comes first; it is not the source.
      materials: [
        { uri: 'git+https://git.example/pipelines.git', digest: { sha1: 'e'.repeat(40) } },
        { uri: `git+${repository}.git`, digest: { sha1: commit } },
      ],
      metadata: {
        buildStartedOn: '2026-03-01T00:00:00Z',
        buildFinishedOn: given.finished ?? '2026-03-01T01:00:00Z',
        completeness: { parameters: false, environment: false, materials: false },
        reproducible: false,
      },
    },
  };
}

/** An SBOM in SPDX that names the base image. */
export function spdxStatement(
  digest: string,
  base = { repository: 'quay.example/base', digest: `sha256:${'c'.repeat(64)}` },
): Statement {
  const oci = `pkg:oci/base@${base.digest}?repository_url=${base.repository}`;
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: [{ name: 'quay.example/app', digest: { sha256: hexOf(digest) } }],
    predicateType: 'https://spdx.dev/Document',
    predicate: {
      spdxVersion: 'SPDX-2.3',
      packages: [
        { SPDXID: 'SPDXRef-image', name: 'app' },
        {
          SPDXID: 'SPDXRef-base',
          name: 'base',
          externalRefs: [{ referenceType: 'purl', referenceLocator: oci }],
        },
      ],
      relationships: [
        {
          spdxElementId: 'SPDXRef-image',
          relationshipType: 'DESCENDANT_OF',
          relatedSpdxElement: 'SPDXRef-base',
        },
      ],
    },
  };
}
