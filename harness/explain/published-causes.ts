import type { DiffResult } from '../compare/types.ts';
import type { Json, OciImage } from '../oci/types.ts';

/**
 * Why a published image is not what was rebuilt, as far as only a published one can be: what happened to it after its
 * build, or was another than is recorded. A sentence each, the surest first.
 * @param result of the rebuilt image with the published one, in this order
 */
export function publishedCauses(rebuilt: OciImage, published: OciImage, result: DiffResult): string[] {
  const [own, theirs] = [rebuilt.config.json, published.config.json];
  return [
    ...labels(own, theirs),
    ...toolVersion(own, theirs),
    ...movedBase(rebuilt, published),
    ...addedLayers(rebuilt, published),
    ...repacked(rebuilt, published, result),
  ];
}

function at(value: Json | undefined, ...keys: string[]): Json | undefined {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    found = Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

function labelsIn(config: Json): Record<string, Json> {
  const labels = at(config, 'config', 'Labels');
  return typeof labels === 'object' && labels !== null && !Array.isArray(labels) ? labels : {};
}

const TOOL = 'io.buildah.version';

function labels(own: Json, theirs: Json): string[] {
  const [a, b] = [labelsIn(own), labelsIn(theirs)];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().filter((name) => name !== TOOL);
  return names.flatMap((name) => {
    if (!Object.hasOwn(a, name))
      return [`label-added: ${name} was set after the build, or by a build that is not recorded so`];
    if (!Object.hasOwn(b, name))
      return [`label-removed: the build sets ${name}, and the published image has none`];
    return a[name] === b[name]
      ? []
      : [`label-changed: ${name} is ${text(b[name])}, the build sets ${text(a[name])}`];
  });
}

function toolVersion(own: Json, theirs: Json): string[] {
  const [a, b] = [labelsIn(own)[TOOL], labelsIn(theirs)[TOOL]];
  return a === b
    ? []
    : [
        `tool-version: the published image was made by buildah ${text(b)}, the recorded builder has ${text(a)}`,
      ];
}

const text = (value: Json | undefined): string =>
  value === undefined ? 'none' : (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200);

const diffIds = ({ layers }: OciImage): string[] => layers.map(({ diffId }) => diffId);

/** Both begin with other layers though later ones are alike, or with the same number of them. */
function movedBase(rebuilt: OciImage, published: OciImage): string[] {
  const [a, b] = [diffIds(rebuilt), diffIds(published)];
  const [first, last] = [a[0] === b[0], a.at(-1) === b.at(-1)];
  if (first || !last || a.length < 2 || b.length < 2) return [];
  return [
    'base-moved: the last layers are alike and the first are not: the base image is another than is recorded',
  ];
}

/** The published image has all layers of the build, and more on top. */
function addedLayers(rebuilt: OciImage, published: OciImage): string[] {
  const [a, b] = [diffIds(rebuilt), diffIds(published)];
  const more = b.length - a.length;
  return more > 0 && a.every((id, number) => b[number] === id)
    ? [`layer-added: ${more === 1 ? 'one layer lies' : `${more} layers lie`} on top of what the build made`]
    : [];
}

/** Registries and copies compress layers anew; what is in them stays. */
function repacked(rebuilt: OciImage, published: OciImage, { a, b }: DiffResult): string[] {
  const isSame = a.config === b.config && diffIds(rebuilt).join() === diffIds(published).join();
  const blobs = ({ layers }: OciImage): string => layers.map(({ descriptor }) => descriptor.digest).join();
  return isSame && a.manifest !== b.manifest && blobs(rebuilt) !== blobs(published)
    ? [
        're-compressed: the layers hold the same and are compressed in another way, so that the manifest has another digest',
      ]
    : [];
}
