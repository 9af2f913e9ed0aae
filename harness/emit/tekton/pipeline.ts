import { type Shard, architectureOf } from './shards.ts';
import { RESULTS, type Resource, type TaskOptions } from './tasks.ts';

export interface PipelineOptions extends TaskOptions {
  /** Path in the repository. */
  catalog: string;
  /** What is said of the catalog from outside, as words for all jobs. */
  options: string;
}

const TWINS = ['A', 'B'];

/**
 * prepare → one TaskRun for each twin → judge, each for all subjects, then the report. A job that fails does not stop those of
 * other subjects: what is missing is the report's to tell.
 */
export function pipelineOf(shard: Shard, options: PipelineOptions): Resource {
  const { name, konflux, catalog } = options;
  const store = passed(['repository', 'tls-verify']).concat({
    name: 'run',
    value: '$(context.pipelineRun.uid)',
  });
  const source = konflux ? '$(tasks.source.results' : null;
  const given = [
    { name: 'url', value: source === null ? '$(params.url)' : `${source}.url)` },
    { name: 'revision', value: source === null ? '$(params.revision)' : `${source}.revision)` },
    ...passed(['catalog', 'options']),
    ...store,
    ...(konflux ? [{ name: 'PLATFORM', value: '$(params.PLATFORM)' }] : []),
  ];
  const subjects = { params: [{ name: 'subject', value: shard.subjects }] };
  const job = (task: string, runAfter: string[], more: object[] = [], as = task): object => ({
    name: as,
    taskRef: { name: `${name}-${task}` },
    ...(runAfter.length === 0 ? {} : { runAfter }),
    onError: 'continue',
    params: [...given, ...more],
    matrix: subjects,
  });
  const builds = TWINS.map((twin) => `build-${twin.toLowerCase()}`);
  const tasks = [
    ...(konflux ? [sourceTask(options.image)] : []),
    job('prepare', konflux ? ['source'] : []),
    ...TWINS.map((twin, index) => job('build', ['prepare'], [{ name: 'twin', value: twin }], builds[index])),
    job('judge', builds),
  ];
  const report = {
    name: 'report',
    taskRef: { name: `${name}-report` },
    params: [
      ...store,
      { name: 'subjects', value: shard.subjects },
      { name: 'expected', value: String(shard.subjects.length) },
    ],
  };
  const params = [
    ...(konflux ? konfluxParams(shard.platform) : [{ name: 'url' }, { name: 'revision' }]),
    { name: 'repository', description: 'HOST/REPOSITORY for what goes from job to job, and the report' },
    { name: 'catalog', default: catalog },
    { name: 'options', default: options.options, description: 'what is said of the catalog from outside' },
    { name: 'tls-verify', default: 'true' },
  ].map((param) => ({ type: 'string', ...param }));
  const spec = {
    description: `${shard.subjects.length} subjects of ${catalog} on ${shard.platform}; made by \`twinproof emit tekton\``,
    params,
    results: RESULTS.map((result) => ({ name: result, value: `$(finally.report.results.${result})` })),
    tasks,
    finally: [report],
  };
  const metadata = { name: `${name}-${shard.name}` };
  return { apiVersion: 'tekton.dev/v1', kind: 'Pipeline', metadata, spec };
}

const passed = (names: string[]): { name: string; value: string }[] =>
  names.map((name) => ({ name, value: `$(params.${name})` }));

const konfluxParams = (platform: string): { name: string; description: string; default?: string }[] => [
  { name: 'SNAPSHOT', description: 'Set by Konflux.' },
  { name: 'PLATFORM', description: 'Kind of machine that each TaskRun is given.', default: platform },
  { name: 'COMPONENT', description: 'Whose source holds the catalog; empty for the first.', default: '' },
];

/** Where a snapshot's source is. */
function sourceTask(image: string): object {
  const script = `#!/usr/bin/env node
const { writeFileSync } = require('node:fs');
const { SNAPSHOT, COMPONENT, URL_PATH, REVISION_PATH } = process.env;
const { components } = JSON.parse(SNAPSHOT);
const found = COMPONENT === '' ? components[0] : components.find(({ name }) => name === COMPONENT);
if (found === undefined) throw new Error('the snapshot has no such component');
writeFileSync(URL_PATH, found.source.git.url);
writeFileSync(REVISION_PATH, found.source.git.revision);
`;
  const params = ['SNAPSHOT', 'COMPONENT'];
  const env = [
    ...passed(params),
    { name: 'URL_PATH', value: '$(results.url.path)' },
    { name: 'REVISION_PATH', value: '$(results.revision.path)' },
  ];
  return {
    name: 'source',
    params: passed(params),
    taskSpec: {
      params: params.map((name) => ({ name, type: 'string' })),
      results: ['url', 'revision'].map((name) => ({ name, type: 'string' })),
      steps: [{ name: 'source', image, env, script }],
    },
  };
}

/** A run of a Pipeline that keeps those who build A and those who build B on different nodes. */
export function pipelineRunOf(shard: Shard, { name, konflux }: PipelineOptions): Resource {
  const apart = (pipelineTaskName: string, other: string): object => ({
    pipelineTaskName,
    podTemplate: {
      nodeSelector: archOf(shard),
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              labelSelector: { matchLabels: { 'tekton.dev/pipelineTask': other } },
              topologyKey: 'kubernetes.io/hostname',
            },
          ],
        },
      },
    },
  });
  const local = {
    taskRunTemplate: { podTemplate: { nodeSelector: archOf(shard) } },
    taskRunSpecs: [apart('build-a', 'build-b'), apart('build-b', 'build-a')],
  };
  const spec = {
    pipelineRef: { name: `${name}-${shard.name}` },
    params: [...(konflux ? ['SNAPSHOT'] : ['url', 'revision']), 'repository'].map((param) => ({
      name: param,
      value: EXAMPLES[param] ?? '',
    })),
    ...(konflux ? {} : local),
  };
  const metadata = { generateName: `${name}-${shard.name}-` };
  return { apiVersion: 'tekton.dev/v1', kind: 'PipelineRun', metadata, spec };
}

const archOf = ({ platform }: Shard): object => ({ 'kubernetes.io/arch': architectureOf(platform) });

const EXAMPLES: Record<string, string> = {
  url: 'https://git.example/images.git',
  revision: 'main',
  repository: 'registry.example/team/jobs',
  SNAPSHOT: '{"components":[]}',
};
