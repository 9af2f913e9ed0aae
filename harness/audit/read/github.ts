import { commitIn, Facts, gitAddress } from './facts.ts';
import { JsonPlace } from './place.ts';
import type { Provenance, Told } from './types.ts';

const NO_BUILD = {
  code: 'recipe-incomplete' as const,
  field: null,
  what: 'it names the workflow that ran, not how that built the image: Containerfile, arguments and base images are not in it',
};

/** slsa-github-generator, SLSA v0.2. */
export function readGenerator(provenance: Provenance): Told {
  const predicate = new JsonPlace(provenance.predicate, '/predicate');
  const facts = new Facts(provenance);
  workflowSource(
    predicate.at('invocation', 'configSource', 'uri'),
    predicate.at('invocation', 'configSource', 'digest', 'sha1'),
    facts,
  );
  facts.text('task', predicate.at('builder', 'id'));
  return { form: 'slsa-github-generator, SLSA v0.2', facts: facts.all, missing: [NO_BUILD] };
}

/** actions/attest-build-provenance, SLSA v1. */
export function readActions(provenance: Provenance): Told {
  const predicate = new JsonPlace(provenance.predicate, '/predicate');
  const facts = new Facts(provenance);
  const workflow = predicate.at('buildDefinition', 'externalParameters', 'workflow');
  const [source] = predicate.at('buildDefinition', 'resolvedDependencies').items();
  if (source !== undefined) workflowSource(source.at('uri'), source.at('digest', 'gitCommit'), facts);
  facts.text('repository', workflow.at('repository'));
  facts.text('ref', workflow.at('ref'));
  facts.text('task', predicate.at('runDetails', 'builder', 'id'));
  return { form: 'attest-build-provenance, SLSA v1', facts: facts.all, missing: [NO_BUILD] };
}

function workflowSource(uri: JsonPlace, commit: JsonPlace, facts: Facts): void {
  const address = gitAddress(uri.text ?? '');
  if (address !== null) {
    facts.value('repository', address.repository, uri);
    if (address.ref !== null) facts.value('ref', address.ref, uri);
  }
  facts.text('commit', commit, commitIn);
}
