import { DEFAULT_LIMITS } from '../oci/limits.ts';
import { MAX_TEXT } from '../oci/layers/recent-texts.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import { readTree, type MergedTree } from '../oci/layers/tree.ts';
import type { OciImage } from '../oci/types.ts';
import { WorkerReader } from '../oci/layers/worker-reader.ts';
import { both } from './both.ts';

export interface Pair {
  a: MergedTree;
  b: MergedTree;
  /** Content of small texts that differ, as far as it was at hand while reading. */
  texts: Map<EntryRecord, Buffer>;
}

/** Below this much to read, starting threads takes longer than they save. */
const WORTH_THREADS = 8 * 1024 * 1024;
/** More texts than this are not shown anyway. */
const MAX_TEXTS = 200;

type Fetch = (record: EntryRecord) => Promise<Buffer | null>;

/**
 * Looks at both images while they are read: a file that differs is fetched from both at once, as long as their
 * threads still have it.
 */
class TextWatch {
  readonly #waiting = new Map<string, { record: EntryRecord; fetch: Fetch }>();
  readonly #fetched: Promise<[EntryRecord, Buffer | null]>[] = [];

  see(record: EntryRecord, fetch: Fetch): void {
    if (
      record.type !== 'file' ||
      record.size > MAX_TEXT ||
      record.binary ||
      this.#fetched.length >= 2 * MAX_TEXTS
    )
      return;
    const key = `${record.layer}:${record.path}`;
    const other = this.#waiting.get(key);
    // An entry that the same image has twice only meets itself; then the text is read again later.
    if (other === undefined || other.fetch === fetch) {
      this.#waiting.set(key, { record, fetch });
      return;
    }
    this.#waiting.delete(key);
    if (other.record.content === record.content) return;
    this.#fetched.push(
      other.fetch(other.record).then((content) => [other.record, content]),
      fetch(record).then((content) => [record, content]),
    );
  }

  async texts(): Promise<Map<EntryRecord, Buffer>> {
    const found = await Promise.all(this.#fetched);
    return new Map(found.flatMap(([record, content]) => (content === null ? [] : [[record, content]])));
  }
}

async function readThreaded(a: OciImage, b: OciImage): Promise<Pair> {
  await using readerA = new WorkerReader();
  await using readerB = new WorkerReader();
  const watch = new TextWatch();
  const read = (image: OciImage, reader: WorkerReader): Promise<MergedTree> => {
    const fetch: Fetch = ({ layer, position }) => reader.fetch(layer, position);
    return readTree(image, {
      limits: DEFAULT_LIMITS,
      keepRecords: true,
      record: (job, limits, options) => reader.record(job, limits, options),
      onRecord: (record) => watch.see(record, fetch),
    });
  };
  const [treeA, treeB] = await both(read(a, readerA), read(b, readerB));
  return { a: treeA, b: treeB, texts: await watch.texts() };
}

/**
 * Reads all layers of two images, each in a thread of its own when there is much to read.
 * @param threads decides it otherwise
 * @throws TwinproofError image-invalid, unsupported
 */
export async function readPair(a: OciImage, b: OciImage, threads?: boolean): Promise<Pair> {
  const bytes = [...a.layers, ...b.layers].reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  if (threads ?? bytes >= WORTH_THREADS) return readThreaded(a, b);
  const options = { limits: DEFAULT_LIMITS, keepRecords: true };
  const [treeA, treeB] = await both(readTree(a, options), readTree(b, options));
  return { a: treeA, b: treeB, texts: new Map() };
}
