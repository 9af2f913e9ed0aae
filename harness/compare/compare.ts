import { verifyPlace } from '../oci/blob.ts';
import { layerJob, readLayer } from '../oci/layers/layer.ts';
import { DEFAULT_LIMITS } from '../oci/limits.ts';
import type { OciImage, OciLayer } from '../oci/types.ts';
import { compareArtifacts } from './artifacts.ts';
import { compareAttestations } from './attestations.ts';
import { both } from './both.ts';
import { compareContent, entryDiff, type ContentResult } from './content.ts';
import { instructions } from './instruction.ts';
import { pairLayers, type LayerPairs } from './layer-pairs.ts';
import { climb, parseIgnore, parseRung } from './ladder.ts';
import { readPair, type Pair } from './read-pair.ts';
import { crossCheck } from './cross-check.ts';
import { areSame } from './shared-layers.ts';
import { verifyBoth } from './verify-both.ts';
import { wrongMediaTypes } from './wrong-media-types.ts';
import type { CompareOptions, DiffResult, EntryDiff, Normalisation, Side, WrongMediaType } from './types.ts';
import { REACHED_RUNGS } from '../model/rungs.ts';

interface Settings {
  ignore: readonly Normalisation[];
  threads: boolean | undefined;
  maxDiffs: number;
  layers: LayerPairs | null;
}

/** All layers have the diffIDs that the config says. @param known layers of which that is found out elsewhere */
async function verifyLayers(image: OciImage, known: readonly OciLayer[] = []): Promise<void> {
  for (const [number, layer] of image.layers.entries()) {
    const job = await layerJob(image, layer);
    if (areSame(layer, known[number])) await verifyPlace(layer.descriptor, job.place);
    else await readLayer(job, null, DEFAULT_LIMITS);
  }
}

/** The differences that there is room for, as cli.md shows them: with what is inside, what made them, who owns them. */
async function entriesOf(
  [a, b]: [OciImage, OciImage],
  read: ReadContent,
  maxDiffs: number,
): Promise<EntryDiff[]> {
  const { trailers, differences: shown } = read.content;
  // Loaded only where something differs: all the formats that files can have.
  const { secondLook } = await import('./second-look.ts');
  const { insides, ownersA, ownersB } = await secondLook([a, b], shown, read.pair);
  const [madeA, madeB] = [instructions(a), instructions(b)];
  const attributed = (entry: EntryDiff): EntryDiff => ({
    ...entry,
    instructionA: entry.layerA === null ? null : (madeA[entry.layerA] ?? null),
    instructionB: entry.layerB === null ? null : (madeB[entry.layerB] ?? null),
  });
  const entries = shown.map((difference) => {
    const inside = insides.get(difference);
    return {
      ...attributed(entryDiff(difference)),
      packageA: difference.a === null ? null : (ownersA.get(difference.path) ?? null),
      packageB: difference.b === null ? null : (ownersB.get(difference.path) ?? null),
      ...(inside === undefined ? {} : { inside }),
      ...(inside?.diff === undefined ? {} : { diff: inside.diff }),
    };
  });
  return [...trailers.slice(0, maxDiffs).map(attributed), ...entries];
}

interface ReadContent {
  content: ContentResult;
  pair: Pair;
}

/** What reading the layers has shown; null where equal digests made it needless. */
async function readContent(
  a: OciImage,
  b: OciImage,
  { ignore, threads, maxDiffs, layers }: Settings,
): Promise<ReadContent | null> {
  if (a.manifest.digest === b.manifest.digest) await verifyBoth(a, b);
  else if (layers !== null && layers.differing.length + layers.moved.length === 0)
    await both(verifyLayers(a), verifyLayers(b, a.layers));
  else {
    const pair = await readPair(a, b, threads);
    return { content: compareContent(pair.a, pair.b, { ignore, layers, room: maxDiffs }), pair };
  }
  return null;
}

function side(image: OciImage): Side {
  return {
    ref: image.reference,
    index: image.index,
    manifest: image.manifest.digest,
    config: image.config.digest,
    diffIds: image.layers.map(({ diffId }) => diffId),
  };
}

/** What most comparisons have nothing of. */
function remarks(
  layers: LayerPairs | null,
  mediaTypes: WrongMediaType[],
): Pick<DiffResult, 'movedLayers' | 'mediaTypes'> {
  return {
    ...(layers === null || layers.moved.length === 0 ? {} : { movedLayers: layers.moved }),
    ...(mediaTypes.length === 0 ? {} : { mediaTypes }),
  };
}

/**
 * Compares two images along the ladder and names the first rung that holds. Every blob that the answer rests on is read
 * and its digest checked: with equal manifests the blobs, with equal diffIDs the uncompressed layers, else everything.
 * @throws TwinproofError usage; image-invalid or unsupported, and then nothing was compared; internal when two hash
 *   libraries disagree
 */
export async function compareImages(
  a: OciImage,
  b: OciImage,
  options: CompareOptions = {},
): Promise<DiffResult> {
  const rung = parseRung(options.rung ?? 'config');
  const ignore = parseIgnore(options.ignore ?? []);
  const paranoid = options.paranoid ?? false;
  await crossCheck([a, b], paranoid);
  const artifact = await compareArtifacts(a, b);
  const maxDiffs = options.maxDiffs ?? Infinity;
  const layers = pairLayers(a, b);
  const settings = { ignore, threads: options.threads, maxDiffs, layers };
  const read = artifact === null ? await readContent(a, b, settings) : null;
  const content = read?.content;
  const same = artifact?.sameBlobs ?? true;
  const total = content?.total ?? 0;
  const climbed = climb({
    a,
    b,
    sameDiffIds: content === undefined && same,
    sameEntries: layers?.moved.length === 0 && total === 0 && same,
    tree: content?.tree ?? same,
    treeNoTimes: content?.treeNoTimes ?? same,
    ignore,
  });
  const entries = read === null ? [] : await entriesOf([a, b], read, maxDiffs);
  return {
    schema: 'twinproof/diff/v1',
    a: side(a),
    b: side(b),
    rung: climbed.rung,
    identical: REACHED_RUNGS.indexOf(climbed.rung) <= REACHED_RUNGS.indexOf(rung),
    normalised: ignore,
    rungs: climbed.rungs,
    config: climbed.config,
    manifest: climbed.manifest,
    artifact: artifact?.types ?? null,
    ...remarks(layers, [...(await wrongMediaTypes('a', a)), ...(await wrongMediaTypes('b', b))]),
    entries,
    attestations: await compareAttestations(a, b),
    truncated: entries.length < total,
  };
}
