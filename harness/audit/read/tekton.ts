import { commitIn, Facts, gitAddress, imageOf, refIn } from './facts.ts';
import { JsonPlace } from './place.ts';
import type { Provenance, Target, Told } from './types.ts';

/** Tekton Chains, SLSA v0.2: parameters and results of every task stand in `buildConfig`. */
export function readTekton(provenance: Provenance, target: Target): Told {
  const predicate = new JsonPlace(provenance.predicate, '/predicate');
  const facts = new Facts(provenance);
  const tasks = predicate.at('buildConfig', 'tasks').items();
  const build = buildTask(tasks, target);
  const form = 'Tekton Chains, SLSA v0.2';
  source(predicate, tasks, facts);
  if (build !== null) ofBuild(build, facts);
  const parameters = predicate.at('invocation', 'parameters');
  facts.text('containerfile', parameters.at('dockerfile'));
  facts.text('context', parameters.at('path-context'));
  facts.list('arguments', parameters.at('build-args'));
  facts.text('prefetch', parameters.at('prefetch-input'));
  facts.text('hermetic', parameters.at('hermetic'));
  if (build === null)
    return {
      form,
      facts: facts.all,
      missing: [
        {
          code: 'recipe-incomplete',
          field: null,
          what: `no task of the statement has ${target.digest} as its IMAGE_DIGEST: this platform's build is not in it`,
        },
      ],
    };
  return { form, facts: facts.all, missing: [] };
}

/** The task that made the image; the one that only put the index together has no Containerfile. */
function buildTask(tasks: readonly JsonPlace[], { digest, top, platform }: Target): JsonPlace | null {
  const builds = tasks.filter(
    (task) => parameter(task, 'DOCKERFILE').text !== null || parameter(task, 'PLATFORM').text !== null,
  );
  const made = builds.find((task) => result(task, 'IMAGE_DIGEST').text?.trim() === digest);
  if (made !== undefined) return made;
  // An image that stands alone may be what the pipeline names, not what its task names.
  const [only, ...more] = builds;
  const isOnly = only !== undefined && more.length === 0 && digest === top && platform !== 'artifact';
  return isOnly && result(only, 'IMAGE_DIGEST').text === null ? only : null;
}

const parameter = (task: JsonPlace, name: string): JsonPlace => task.at('invocation', 'parameters', name);

/** The value of a task's result, empty where it has none of that name. */
export function result(task: JsonPlace, name: string): JsonPlace {
  const all = task.at('results');
  const number = all.items().findIndex((one) => one.at('name').value === name);
  return number < 0 ? new JsonPlace(undefined) : all.at(number, 'value');
}

/** The repository that was cloned. Of the materials, the first is often the pipeline's own definition. */
function source(predicate: JsonPlace, tasks: readonly JsonPlace[], facts: Facts): void {
  for (const task of tasks) {
    if (result(task, 'commit').text === null || result(task, 'url').text === null) continue;
    facts.text('repository', result(task, 'url'));
    facts.text('commit', result(task, 'commit'), (text) => commitIn(text.trim()));
    break;
  }
  const parameters = predicate.at('invocation', 'parameters');
  facts.text('repository', parameters.at('git-url'));
  facts.text('commit', parameters.at('revision'), commitIn);
  facts.text('ref', parameters.at('revision'), refIn);
  const known = facts.all.find(({ field }) => field === 'repository')?.value;
  for (const material of predicate.at('materials').items()) {
    const address = gitAddress(material.at('uri').text ?? '');
    if (address === null || !isSame(address.repository, known)) continue;
    facts.text('commit', material.at('digest', 'sha1'), commitIn);
  }
}

const bare = (text: string): string => text.replace(/\.git$/, '').replace(/\/$/, '');
const isSame = (repository: string, known: unknown): boolean =>
  typeof known === 'string' && bare(repository) === bare(known);

function ofBuild(task: JsonPlace, facts: Facts): void {
  const of = (name: string): JsonPlace => parameter(task, name);
  facts.text('commit', of('COMMIT_SHA'), commitIn);
  facts.text('containerfile', of('DOCKERFILE'));
  facts.text('context', of('CONTEXT'));
  facts.list('arguments', of('BUILD_ARGS'));
  facts.text('argumentsFile', of('BUILD_ARGS_FILE'));
  facts.list('labels', of('LABELS'));
  facts.list('annotations', of('ANNOTATIONS'));
  facts.text('target', of('TARGET_STAGE'));
  facts.text('platform', of('PLATFORM'));
  facts.text('sourceDateEpoch', of('SOURCE_DATE_EPOCH'));
  facts.text('rewriteTimestamp', of('REWRITE_TIMESTAMP'));
  facts.text('omitHistory', of('OMIT_HISTORY'));
  facts.text('inheritLabels', of('INHERIT_BASE_IMAGE_LABELS'));
  facts.text('skipUnusedStages', of('SKIP_UNUSED_STAGES'));
  facts.text('squash', of('SQUASH'));
  facts.text('prefetch', of('PREFETCH_INPUT'));
  facts.text('hermetic', of('HERMETIC'));
  facts.text('privileges', of('PRIVILEGED_NESTED'));
  builderOf(task, facts);
  injections(task, facts);
}

function builderOf(task: JsonPlace, facts: Facts): void {
  const steps = task.at('steps').items();
  const images = steps.map((step) => step.at('environment', 'image'));
  const build = steps.findIndex((step) => step.at('environment', 'container').text === 'build');
  const image = images[build] ?? images.find(({ text }) => /\bbuildah\b/.test(text ?? '')) ?? images[0];
  if (image !== undefined) facts.text('builder', image, (text) => imageOf(text, null));
  for (const one of task.at('ref', 'params').items())
    if (one.at('name').value === 'bundle') facts.text('task', one.at('value'));
  facts.text('task', task.at('ref', 'bundle'));
}

/** What Konflux' buildah task writes into every image besides what the Containerfile says. */
const INJECTED = ['labels.json', 'content-sets.json', 'build-date'];

function injections(task: JsonPlace, facts: Facts): void {
  const skip = parameter(task, 'SKIP_INJECTIONS');
  const parameters = task.at('invocation', 'parameters');
  const isKonflux = parameter(task, 'YUM_REPOS_D_TARGET').text !== null || skip.text !== null;
  if (skip.text === 'true') facts.value('injections', [], skip);
  else if (isKonflux) {
    const prefetched = parameter(task, 'PREFETCH_INPUT').text !== null;
    facts.value('injections', prefetched ? [...INJECTED, 'cachi2.env'] : INJECTED, parameters);
  }
}
