import { commitIn, Facts, gitAddress, imageOf } from './facts.ts';
import { JsonPlace } from './place.ts';
import type { Missing, Provenance, Told } from './types.ts';

const METADATA_V02 = 'https://mobyproject.org/buildkit@v1#metadata';

/** Where the two versions of the predicate keep the same things. */
interface Layout {
  form: string;
  source: JsonPlace;
  /** Of the Containerfile, in the source. */
  path: JsonPlace;
  request: JsonPlace;
  platform: JsonPlace;
  materials: JsonPlace;
  metadata: JsonPlace;
  definition: JsonPlace;
}

/** BuildKit, SLSA v0.2 and v1. */
export function readBuildkit(provenance: Provenance): Told {
  const predicate = new JsonPlace(provenance.predicate, '/predicate');
  const layout = predicate.at('buildDefinition').value === undefined ? v02(predicate) : v1(predicate);
  const facts = new Facts(provenance);
  sourceOf(layout, facts);
  for (const [name, place] of layout.request.at('args').members()) argument(name, place, layout, facts);
  facts.text('containerfile', layout.path);
  facts.text('platform', layout.platform);
  bases(layout, facts);
  return { form: layout.form, facts: facts.all, missing: lackingIn(layout) };
}

const v02 = (predicate: JsonPlace): Layout => ({
  form: 'BuildKit, SLSA v0.2',
  source: predicate.at('invocation', 'configSource'),
  path: predicate.at('invocation', 'configSource', 'entryPoint'),
  request: predicate.at('invocation', 'parameters'),
  platform: predicate.at('invocation', 'environment', 'platform'),
  materials: predicate.at('materials'),
  metadata: predicate.at('metadata', METADATA_V02),
  definition: predicate.at('buildConfig'),
});

function v1(predicate: JsonPlace): Layout {
  const external = predicate.at('buildDefinition', 'externalParameters');
  const internal = predicate.at('buildDefinition', 'internalParameters');
  return {
    form: 'BuildKit, SLSA v1',
    source: external.at('configSource'),
    path: external.at('configSource', 'path'),
    request: external.at('request'),
    platform: internal.at('builderPlatform'),
    materials: predicate.at('buildDefinition', 'resolvedDependencies'),
    metadata: predicate.at('runDetails', 'metadata', 'buildkit_metadata'),
    definition: internal.at('buildConfig'),
  };
}

function sourceOf({ source, metadata }: Layout, facts: Facts): void {
  const uri = source.at('uri');
  const address = gitAddress(uri.text ?? '');
  if (address !== null) {
    facts.value('repository', address.repository, uri);
    if (address.folder !== null) facts.value('context', address.folder, uri);
    if (address.ref !== null && commitIn(address.ref) === null) facts.value('ref', address.ref, uri);
  }
  facts.text('commit', source.at('digest', 'sha1'), commitIn);
  facts.text('repository', metadata.at('vcs', 'source'));
  facts.text('commit', metadata.at('vcs', 'revision'), commitIn);
  facts.text('context', metadata.at('vcs', 'localdir:context'));
}

function argument(name: string, place: JsonPlace, { request }: Layout, facts: Facts): void {
  if (name === 'target') facts.text('target', place);
  else if (name === 'filename') facts.text('containerfile', place);
  else if (name === 'platform') facts.text('platform', place);
  else if (name === 'build-arg:SOURCE_DATE_EPOCH') facts.text('sourceDateEpoch', place);
  const prefix = ['build-arg:', 'label:'].find((one) => name.startsWith(one));
  if (prefix === undefined || typeof place.value !== 'string') return;
  const field = prefix === 'label:' ? 'labels' : 'arguments';
  const earlier = facts.all.find((fact) => fact.field === field);
  const entry = `${name.slice(prefix.length)}=${place.value}`;
  if (earlier === undefined) facts.value(field, [entry], request.at('args'));
  else earlier.value = [earlier.value, entry].flat();
}

function bases({ materials }: Layout, facts: Facts): void {
  const images = materials.items().flatMap((material) => {
    const uri = material.at('uri').text ?? '';
    return /^(?:pkg:(?:docker|oci)\/|oci:\/\/)/.test(uri)
      ? (imageOf(uri, material.at('digest', 'sha256').text) ?? [])
      : [];
  });
  if (images.length > 0) facts.value('baseImages', images, materials);
}

/** `mode=min` leaves out the build's arguments and its Containerfile, so that it cannot be repeated. */
function lackingIn({ definition, metadata, request }: Layout): Missing[] {
  const isMax = definition.value !== undefined || metadata.at('source', 'infos').items().length > 0;
  return isMax || request.at('args').value !== undefined
    ? []
    : [
        {
          code: 'recipe-incomplete',
          field: null,
          what: 'made with mode=min, which leaves out the arguments of the build and its Containerfile; mode=max records them',
        },
      ];
}

/** The Containerfile as BuildKit recorded it, by `mode=max`; null where it did not. */
export function recordedContainerfile(predicate: unknown): string | null {
  const place = new JsonPlace(predicate);
  const layout = place.at('buildDefinition').value === undefined ? v02(place) : v1(place);
  const [info] = layout.metadata.at('source', 'infos').items();
  const data = info?.at('data').text ?? null;
  return data === null ? null : Buffer.from(data, 'base64').toString();
}
