import { DEFAULT_LIMITS } from '../oci/limits.ts';
import { endPace, sharedPace } from '../oci/layers/pace.ts';
import { mergeLayers, type MergedLayers } from '../oci/layers/merge.ts';
import { PathTable } from '../oci/layers/path-table.ts';
import type { OciImage } from '../oci/types.ts';
import { WorkerReader } from '../oci/layers/worker-reader.ts';
import { both } from './both.ts';
import { RecentWatch, type Contents } from './recent-watch.ts';
import { SharedLayers } from './shared-layers.ts';

/** Two images whose paths have the same numbers. */
export interface Pair {
  a: MergedLayers;
  b: MergedLayers;
  /** Content of small files that differ, as far as it was at hand while reading. */
  recent: Record<'a' | 'b', Contents>;
}

/** Below this much to read, starting threads takes longer than they save. */
const WORTH_THREADS = 8 * 1024 * 1024;

async function readThreaded(images: Record<'a' | 'b', OciImage>): Promise<Pair> {
  const memory = sharedPace();
  await using readerA = new WorkerReader({ memory, side: 0 });
  await using readerB = new WorkerReader({ memory, side: 1 });
  const readers = { a: readerA, b: readerB };
  const watch = new RecentWatch(readers);
  const shared = await SharedLayers.begin(images, readers);
  const paths = new PathTable();
  const read = async (side: 'a' | 'b'): Promise<MergedLayers> => {
    try {
      return await mergeLayers(images[side], {
        limits: DEFAULT_LIMITS,
        paths,
        read: (job, limits, options) =>
          shared.has(options.layer)
            ? shared.read(side, job, options)
            : readers[side].read(job, limits, options),
        onRecord: (...seen) => watch.see(side, ...seen),
      });
    } finally {
      // The other one must not wait for this one any more, however it ended.
      endPace(memory, side === 'a' ? 0 : 1);
    }
  };
  const [a, b] = await both(read('a'), read('b'));
  return { a, b, recent: await watch.contents() };
}

/**
 * Reads all layers of two images, each in a thread of its own when there is much to read; then what they have in
 * common is read once.
 * @param threads decides it otherwise
 * @throws TwinproofError image-invalid, unsupported
 */
export async function readPair(imageA: OciImage, imageB: OciImage, threads?: boolean): Promise<Pair> {
  const bytes = [...imageA.layers, ...imageB.layers].reduce(
    (sum, { descriptor }) => sum + descriptor.size,
    0,
  );
  if (threads ?? bytes >= WORTH_THREADS) return readThreaded({ a: imageA, b: imageB });
  const options = { limits: DEFAULT_LIMITS, paths: new PathTable() };
  const [a, b] = await both(mergeLayers(imageA, options), mergeLayers(imageB, options));
  return { a, b, recent: { a: new Map(), b: new Map() } };
}
