import type { DiffResult, PointerDiff } from '../compare/types.ts';
import { attestationLines } from './attestations-text.ts';
import { entriesLines, type EntriesOptions } from './diff-entries.ts';
import { reachedText } from '../model/rungs.ts';
import { escapeText } from './escape.ts';
import { painter, type Paint } from './paint.ts';

export interface DiffTextOptions extends EntriesOptions {
  /** The rung that was asked for. */
  rung: string;
}

const WEAKER: Record<DiffResult['rung'], string> = {
  index: 'the indexes are the same',
  manifest: 'same manifest; the indexes differ',
  config: 'same image ID; the manifests differ',
  layers: 'same layers, only config or compression differ',
  tree: 'same root filesystem, but other layers',
  'tree-no-times': 'same root filesystem but for mtimes',
  none: 'the root filesystems differ',
};

function headline(result: DiffResult, options: DiffTextOptions, paint: Paint): string {
  const normalised = result.normalised.length === 0 ? '' : `, ignoring ${result.normalised.join(', ')}`;
  if (result.identical) {
    const at = `equal at ${result.rung}${normalised}: ${result.a.config}`;
    return paint('green', at);
  }
  return paint(
    'red',
    `different at ${options.rung}${normalised}; ${reachedText(result.rung)} (${meaning(result)})`,
  );
}

function meaning({ rung, a, b, movedLayers }: DiffResult): string {
  if (rung === 'manifest' && (a.index === null || b.index === null)) {
    const which = a.index === b.index ? 'neither comes' : `${a.index === null ? 'A' : 'B'} does not come`;
    return `same manifest; ${which} from an index`;
  }
  const reordered = rung === 'tree' && movedLayers !== undefined && isPermutation({ a, b });
  return reordered ? 'same root filesystem, and the same layers in another order' : WEAKER[rung];
}

/** The same layers, in whatever order. */
function isPermutation({ a, b }: Pick<DiffResult, 'a' | 'b'>): boolean {
  return a.diffIds.toSorted().join() === b.diffIds.toSorted().join();
}

/** Layers that stand at another place, counted from 0 as everywhere. */
function movedLines(result: DiffResult, paint: Paint): string[] {
  const { movedLayers = [] } = result;
  if (movedLayers.length === 0) return [];
  const title = isPermutation(result) ? 'The same layers in another order' : 'Layers at another place';
  return ['', paint('bold', title), ...movedLayers.map(({ a, b }) => `  layer ${a} of A is layer ${b} of B`)];
}

const STORED: Partial<Record<string, string>> = { none: 'a plain tar' };

/** Layers whose media type lies, and who stumbles over that. */
function mediaTypeLines({ mediaTypes = [] }: DiffResult, paint: Paint): string[] {
  if (mediaTypes.length === 0) return [];
  const refused = mediaTypes.some(({ mediaType }) => /^application\/vnd\.oci\..*\.tar$/.test(mediaType));
  return [
    '',
    paint('bold', 'Media types that are not what the bytes are'),
    ...mediaTypes.map(({ image, layer, mediaType, stored }) =>
      escapeText(
        `  layer ${layer} of ${image.toUpperCase()} says ${mediaType}, is ${STORED[stored] ?? stored}`,
      ),
    ),
    paint(
      'dim',
      refused
        ? '  containerd refuses what is declared as a plain tar and is not; Docker and podman look at the bytes'
        : '  containerd, Docker and podman look at the bytes here; other tools may refuse it',
    ),
  ];
}

function valueText(value: unknown): string {
  return value === undefined ? '(absent)' : escapeText(JSON.stringify(value));
}

/** Digests and sizes that follow from what is reported elsewhere. */
const CONSEQUENCES = /^\/(rootfs\/diff_ids\/\d+|(config|layers\/\d+)\/(digest|size))$/;

function pointerDiffLines(diff: PointerDiff, paint: Paint): string[] {
  return [
    `  ${escapeText(diff.pointer === '' ? '(whole document)' : diff.pointer)}`,
    paint('red', `    A ${valueText(diff.a)}`),
    paint('green', `    B ${valueText(diff.b)}`),
  ];
}

/** @param list shows also what follows from other differences */
function pointerLines(
  title: string,
  diffs: readonly PointerDiff[],
  bytesDiffer: boolean,
  list: boolean,
): Section {
  if (diffs.length === 0) {
    return bytesDiffer
      ? { title, diffs, note: 'only the spelling differs: spacing, key order or escapes' }
      : null;
  }
  const own = list ? diffs : diffs.filter(({ pointer }) => !CONSEQUENCES.test(pointer));
  const left = diffs.length - own.length;
  const note =
    left === 0
      ? ''
      : `${own.length === 0 ? 'only' : 'and'} digests and sizes that follow from what differs (${left})`;
  return { title, diffs: own, note };
}

type Section = { title: string; diffs: readonly PointerDiff[]; note: string } | null;

function sectionLines(section: Section, paint: Paint): string[] {
  if (section === null) return [];
  const { title, diffs, note } = section;
  return [
    '',
    paint('bold', title),
    ...diffs.flatMap((diff) => pointerDiffLines(diff, paint)),
    ...(note === '' ? [] : [paint('dim', `  ${note}`)]),
  ];
}

function artifactLines({ artifact }: DiffResult): string[] {
  if (artifact === null) return [];
  const types = [...new Set([artifact.a, artifact.b])].map((type) => `"${type}"`).join(' and ');
  return ['', escapeText(`Artifacts of type ${types}, no images: their blobs were compared by digest`)];
}

/** The result for people; the first line says whether they are equal and at which rung. Ends with a line feed. */
export function diffText(result: DiffResult, options: DiffTextOptions): string {
  const paint = painter(options.colour);
  const { a, b } = result;
  // Where no entry differs, digests are the difference.
  const list = options.list || result.entries.length === 0;
  const config = pointerLines('Config', result.config, a.config !== b.config, list);
  const manifest = pointerLines('Manifest', result.manifest, a.manifest !== b.manifest, list);
  const lines = [
    headline(result, options, paint),
    ...movedLines(result, paint),
    ...mediaTypeLines(result, paint),
    ...sectionLines(config, paint),
    ...sectionLines(manifest, paint),
    ...artifactLines(result),
    ...entriesLines(result, options, paint),
    ...attestationLines(result.attestations, `${paint('bold', 'Attestations')} (compared apart)`),
  ];
  return `${lines.join('\n')}\n`;
}
