import type { CauseDefinition } from '../cause.ts';
import type { PointerDiff } from '../../compare/types.ts';
import { pointerClaim, valueText } from '../pointer.ts';
import type { Attribution, ComparedDocument } from '../types.ts';

const FIX = 'pin the builder by digest; buildah bud --identity-label=false; one media type: --format oci';
const HISTORY_FIX =
  'pin the builder by digest and give both the same options: with or without buildah bud --omit-history';
const EMPTY_FIX =
  'pin the builder by digest and give both the same options (--layers, --squash, --omit-history); leave instructions out that change no file';

const LABELS =
  /\/(?:io\.buildah\.version|com\.docker\.[\w.-]+|moby\.buildkit\.[\w.~-]+|buildkit~1[\w.~-]+|io\.containerd\.[\w.~-]+|org\.opencontainers\.image\.(?:base\.name|ref\.name))$/;
const FIELDS = /^\/(?:docker_version|author|container|container_config(?:\/.*)?|history\/\d+\/author)$/;

/** What Docker's builders write into the config beside the fields of the image specification. */
const DOCKER_ONLY =
  /^\/config\/(?:Attach(?:Stdin|Stdout|Stderr)|Domainname|Tty|OpenStdin|StdinOnce|OnBuild|ArgsEscaped|NetworkDisabled|MacAddress)$/;

/** A field that says nothing, and that the other tool leaves out. */
function isEmptyOrAbsent({ pointer, a, b }: PointerDiff): boolean {
  if (!/^\/(?:config|os\.\w+|variant|author)(?:\/\w+)?$/.test(pointer)) return false;
  const one = a === undefined ? b : a;
  return (a === undefined || b === undefined) && /^(?:null|false|""|\{\}|\[\])$/.test(JSON.stringify(one));
}

/** Only one of the two has it. */
const isOneSided = ({ a, b }: PointerDiff): boolean => a === undefined || b === undefined;

/** The command itself, without what only the notation of a builder adds. */
const plainCommand = (value: unknown): string =>
  valueText(value)
    .replace(/\s+# buildkit$/, '')
    .replace(/^RUN\s+/, '')
    .replace(/^\/bin\/sh -c\s+/, '')
    .replace(/^#\(nop\)\s+/, '')
    .trim();

/** Settings of the image that an instruction without a layer leaves behind. */
const isSetting = ({ pointer }: PointerDiff): boolean =>
  pointer.startsWith('/config/') && !LABELS.test(pointer) && !DOCKER_ONLY.test(pointer);

/**
 * What one builder or option writes into the history and the other leaves out, while the image is the same: a step that
 * left a layer or a setting that only one side has is a difference of the recipes.
 */
function historyForm(diff: PointerDiff, { document, ...images }: ComparedDocument): string | null {
  if (document !== 'config') return null;
  const { pointer, a, b } = diff;
  if (/^\/history\/\d+\/created_by$/.test(pointer))
    return plainCommand(a) === plainCommand(b) ? 'one command, as two builders write it down' : null;
  if (/^\/history\/\d+\/comment$/.test(pointer))
    return `${valueText(a)}${valueText(b)}`.startsWith('buildkit.')
      ? 'what the build tool says of itself'
      : null;
  const same = images.sameLayers || images.emptyLayers;
  if (!same || !/^\/history(?:\/\d+)?$/.test(pointer) || !isOneSided(diff)) return null;
  if (pointer === '/history') return 'one leaves the history out';
  return images.diffs.some(isSetting) ? null : 'a step that only one writes into the history';
}

/** A layer without entries that only one of the two has, wherever it is mentioned. */
function emptyLayer(diff: PointerDiff, { emptyLayers }: ComparedDocument): boolean {
  if (!emptyLayers) return false;
  const { pointer } = diff;
  if (/^\/history\/\d+\/empty_layer$/.test(pointer)) return true;
  return /^\/(?:rootfs\/diff_ids|layers)\/\d+$/.test(pointer) && isOneSided(diff);
}

const MEDIA_TYPE_FIX =
  'declare what is stored, …tar+gzip for gzip and …tar for a plain tar; push the image again with a builder that does, pinned by digest';

/** One blob under two media types: whatever its bytes are, one of the two does not say it. */
function mislabelledLayer(diff: PointerDiff, { document, diffs }: ComparedDocument): Attribution | null {
  const layer = /^(\/layers\/\d+)\/mediaType$/.exec(diff.pointer)?.[1];
  if (document !== 'manifest' || layer === undefined || isOneSided(diff)) return null;
  if (diffs.some(({ pointer }) => pointer === `${layer}/digest`)) return null;
  const [one, other] = [packing(diff.a), packing(diff.b)];
  if (one === null || other === null || one === other) return null;
  const why = `the same bytes, as ${one} in A and as ${other} in B: one media type is wrong, and containerd refuses what is called a plain tar and is none`;
  return pointerClaim(diff, 'exact', { why, fix: MEDIA_TYPE_FIX });
}

/** How a layer is packed, by its media type: `+gzip` of OCI, `.gzip` of Docker. */
function packing(mediaType: unknown): string | null {
  const match = /\.tar(?:[+.](\w+))?$/.exec(valueText(mediaType));
  return match === null ? null : (match[1] ?? 'a plain tar');
}

/** Name or version of the build tool, and what only it or its options decide. */
export const builderIdentity: CauseDefinition = {
  id: 'builder-identity',
  covers:
    'the builder in labels, annotations, media types; history or empty layers that it or its options leave out',
  fix: FIX,
  explainDocument(diff, document) {
    const mislabelled = mislabelledLayer(diff, document);
    if (mislabelled !== null) return mislabelled;
    if (emptyLayer(diff, document)) {
      const why = 'a layer without entries, which the other builder or option leaves out';
      return pointerClaim(diff, 'likely', { why, fix: EMPTY_FIX });
    }
    const history = historyForm(diff, document);
    if (history !== null) return pointerClaim(diff, 'likely', { why: history, fix: HISTORY_FIX });
    const types = /(?:^|\/)mediaType$/.test(diff.pointer);
    const docker = types && [diff.a, diff.b].some((value) => valueText(value).includes('vnd.docker.'));
    const form = DOCKER_ONLY.test(diff.pointer) || isEmptyOrAbsent(diff);
    if (!docker && !form && !LABELS.test(diff.pointer) && !FIELDS.test(diff.pointer)) return null;
    const why = docker
      ? "one has Docker's media types, the other OCI's"
      : form
        ? 'only how the build tool writes the config'
        : 'what the build tool says of itself';
    return pointerClaim(diff, 'likely', { why, fix: FIX });
  },
};
