import { END, tarEntry, type TestEntry } from '../../harness/testing/oci/tar/tar.ts';
import { Material } from './material.ts';
import { Random } from './random.ts';

/** What is made: an image with one layer. */
export interface Shape {
  seed: number;
  entries: number;
  /** Of the uncompressed layer, about. */
  bytes: number;
}

/** How one image of a pair differs from the other. */
export interface Change {
  /** Added to every mtime; seconds. */
  mtime: number;
  /** Which regular files, counted from 0, have another first byte. */
  files: readonly number[];
}

export const NO_CHANGE: Change = { mtime: 0, files: [] };

/** Most files are small, a few hold most of the bytes: log-normal, as in the /usr of a distribution. */
function sizes(random: Random, count: number, bytes: number): number[] {
  const normal = (): number => {
    let sum = 0;
    for (let draw = 0; draw < 12; draw++) sum += random.fraction();
    return sum - 6;
  };
  const raw = Array.from({ length: count }, () => Math.exp(2.2 * normal()));
  const total = raw.reduce((sum, size) => sum + size, 0);
  return raw.map((size) => Math.round((size / total) * bytes));
}

/** One directory, and the files in it. */
export const FILES_A_DIRECTORY = 30;

/** Headers of one entry in the form that engines write: ustar, PAX where the name is long. */
function header(entry: TestEntry): Buffer {
  return tarEntry(entry, entry.name.length > 100 ? 'pax' : 'ustar');
}

function common(random: Random, change: Change): Partial<TestEntry> {
  const mtime = String(1_700_000_000 + random.below(10_000_000) + change.mtime);
  return { mtime, uname: 'root', gname: 'root' };
}

/** The bytes of a layer's tar, piece by piece. */
export function* layerTar(shape: Shape, change: Change): Generator<Buffer> {
  const random = new Random(shape.seed);
  const material = new Material(shape.seed + 7);
  const list = sizes(random, shape.entries, shape.bytes - 1024 * shape.entries);
  let files = 0;
  for (const [number, size] of list.entries()) {
    const folder = `usr/lib/package-${Math.floor(number / FILES_A_DIRECTORY)}`;
    const values = common(random, change);
    if (number % FILES_A_DIRECTORY === 0) {
      yield header({ ...values, name: `${folder}/`, type: 'dir', mode: 0o755 });
      continue;
    }
    const name = `${folder}/${random.below(40) === 0 ? 'long-name-'.repeat(12) : 'file'}-${number}`;
    if (random.below(10) === 0) {
      yield header({ ...values, name, type: 'symlink', linkname: `file-${number - 1}`, mode: 0o777 });
      continue;
    }
    yield* file(
      { ...values, name, mode: 0o644 },
      size,
      material.content(random, size),
      change.files.includes(files++),
    );
  }
  yield END;
}

function* file(entry: TestEntry, size: number, pieces: Iterable<Buffer>, other: boolean): Generator<Buffer> {
  yield header({ ...entry, size });
  let first = true;
  for (const piece of pieces) {
    const copy = first && other ? Buffer.from(piece) : piece;
    if (first && other) copy[0] = (copy[0] ?? 0) ^ 1;
    first = false;
    yield copy;
  }
  yield Buffer.alloc((512 - (size % 512)) % 512);
}
