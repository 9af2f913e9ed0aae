import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { Random } from '../../bench/images/random.ts';
import { compareImages } from '../../harness/compare/compare.ts';
import { TwinproofError } from '../../harness/errors.ts';
import { wholeNumber } from '../../harness/cli/options.ts';
import { openImage } from '../../harness/oci/open.ts';
import { digestOf, writeBlob, writeImage, writeIndex } from '../../harness/oci/test-image.ts';
import { compressed, mutated, randomTar } from './mutate.ts';

/** What one comparison of small images may take. */
const SECONDS = 10;
const MEMORY = 1024 * 2 ** 20;

const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** A layout with one layer, whose digests are right, and documents that may be broken. */
async function writeSide(random: Random, folder: string, layer: Buffer): Promise<void> {
  const whole = compressed(random, layer);
  const blob = random.below(4) === 0 ? mutated(random, whole) : whole;
  const described = await writeBlob(folder, blob, LAYER);
  const rootfs = { type: 'layers', diff_ids: [digestOf(layer)] };
  const manifest = await writeImage(folder, {
    layers: [],
    config: { rootfs },
    manifest: { layers: [described] },
  });
  await writeIndex(folder, [manifest]);
}

/** How many inputs were good enough to be compared. */
let compared = 0;

/** @returns what is wrong with how the program took it; null when all is well */
async function complaint(folder: string, layers: readonly [Buffer, Buffer]): Promise<string | null> {
  const start = performance.now();
  try {
    const [a, b] = [await openImage(`oci:${folder}/a`), await openImage(`oci:${folder}/b`)];
    const { rungs } = await compareImages(a, b);
    compared++;
    if (rungs.layers !== layers[0].equals(layers[1]))
      return `layers are said to be ${rungs.layers ? '' : 'not '}equal`;
  } catch (error) {
    const known = error instanceof TwinproofError && ['image-invalid', 'unsupported'].includes(error.code);
    if (!known) return error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (/\p{Cc}/u.test(`${error.message}${error.where ?? ''}`)) return 'the complaint is not one plain line';
  }
  if (performance.now() - start > SECONDS * 1000) return `took more than ${SECONDS} s`;
  return process.memoryUsage.rss() > MEMORY ? 'took more than 1 GiB' : null;
}

/** One input, made from its seed alone. @returns true when all is well */
async function attempt(seed: number): Promise<boolean> {
  const random = new Random(seed);
  const folder = await mkdtemp(join(tmpdir(), 'twinproof-fuzz-'));
  try {
    const one = mutated(random, randomTar(random));
    const layers = [one, random.below(4) === 0 ? one : mutated(random, one)] as const;
    for (const [at, layer] of layers.entries())
      await writeSide(random, join(folder, at === 0 ? 'a' : 'b'), layer);
    const wrong = await complaint(folder, layers);
    if (wrong === null) return true;
    const kept = join(tmpdir(), `twinproof-fuzz-failed-${seed}`);
    await cp(folder, kept, { recursive: true });
    process.stdout.write(
      `seed ${seed}: ${wrong}\nkept in ${kept}; once more: npm run fuzz -- --seed ${seed} --one\n`,
    );
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Flags {
  seconds: number;
  seed?: number;
  one: boolean;
}

async function fuzz({ seconds, seed = Date.now() % 2 ** 31, one }: Flags): Promise<void> {
  process.stdout.write(`seed ${seed}\n`);
  const end = performance.now() + seconds * 1000;
  let inputs = 0;
  let failed = 0;
  do {
    if (!(await attempt((seed + inputs++) >>> 0))) failed++;
  } while (!one && performance.now() < end && failed < 10);
  process.stdout.write(`${inputs} inputs, ${compared} compared, ${failed} not as they should be\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await new Command('fuzz')
  .description('compares small broken images: each must be told from the other or refused in one line')
  .option('--seconds <n>', 'how long', wholeNumber, 60)
  .option('--seed <n>', 'where to begin; each input has the next number', wholeNumber)
  .option('--one', 'only the input of that seed', false)
  .action(fuzz)
  .parseAsync();
