import { stringify } from 'yaml';
import { HARNESS_VERSION } from '../../version.ts';
import { type PipelineOptions, pipelineOf, pipelineRunOf } from './pipeline.ts';
import { type Emitted, shardsOf } from './shards.ts';
import { type Resource, tasksOf } from './tasks.ts';

/** Files for a cluster, by name: the resources to apply, and a run of each Pipeline to create. */
export function tektonOf(subjects: readonly Emitted[], options: PipelineOptions): Map<string, string> {
  const shards = shardsOf(subjects);
  const pipelines = shards.map((shard) => pipelineOf(shard, options));
  const runs = shards.map((shard) => pipelineRunOf(shard, options));
  return new Map([
    ['pipelines.yaml', text([...tasksOf(options), ...pipelines])],
    ['runs.yaml', text(runs)],
  ]);
}

function text(resources: readonly Resource[]): string {
  const documents = resources.map((resource) =>
    stringify(resource, { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  return `# Made by twinproof ${HARNESS_VERSION}: twinproof emit tekton\n${documents.join('---\n')}`;
}
