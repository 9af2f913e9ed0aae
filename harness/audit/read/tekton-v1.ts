import { commitIn, Facts, gitAddress, imageOf, refIn } from './facts.ts';
import { JsonPlace } from './place.ts';
import type { Provenance, Told } from './types.ts';

/**
 * Tekton Chains, SLSA v1: the parameters of the pipeline stand in `runSpec`, what went in among the dependencies. Those of
 * the tasks are not written down.
 */
export function readTektonV1(provenance: Provenance): Told {
  const predicate = new JsonPlace(provenance.predicate, '/predicate');
  const facts = new Facts(provenance);
  const definition = predicate.at('buildDefinition');
  const given = definition.at('externalParameters', 'runSpec', 'params').items();
  const parameter = (name: string): JsonPlace =>
    given.find((one) => one.at('name').value === name)?.at('value') ?? new JsonPlace(undefined);
  const dependencies = definition.at('resolvedDependencies').items();
  for (const one of dependencies) {
    const address = gitAddress(one.at('uri').text ?? '');
    if (address === null || !/^(?:inputs\/|pipelineRun\/|)result/.test(one.at('name').text ?? '')) continue;
    facts.value('repository', address.repository, one.at('uri'));
    facts.text('commit', one.at('digest', 'sha1'), commitIn);
    facts.text('commit', one.at('digest', 'gitCommit'), commitIn);
  }
  facts.text('repository', parameter('git-url'));
  facts.text('commit', parameter('revision'), commitIn);
  facts.text('ref', parameter('revision'), refIn);
  facts.text('containerfile', parameter('dockerfile'));
  facts.text('context', parameter('path-context'));
  facts.list('arguments', parameter('build-args'));
  facts.text('argumentsFile', parameter('build-args-file'));
  facts.text('prefetch', parameter('prefetch-input'));
  facts.text('hermetic', parameter('hermetic'));
  for (const one of dependencies) {
    const uri = one.at('uri').text ?? '';
    if (!/^oci:\/\/[^@]*\bbuildah\b/.test(uri)) continue;
    const field = one.at('name').text === 'pipelineTask' ? 'task' : 'builder';
    facts.text(field, one.at('uri'), (text) => imageOf(text, one.at('digest', 'sha256').text));
  }
  return { form: 'Tekton Chains, SLSA v1', facts: facts.all, missing: [] };
}
