import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { Random } from '../../bench/images/random.ts';
import { MAX_SEED, wholeNumber } from '../../harness/cli/options.ts';
import { writePair } from './images.ts';
import { judge, type Judged } from './judge.ts';

/** One input, made from its seed alone. */
async function attempt(seed: number): Promise<Judged> {
  const folder = await mkdtemp(join(tmpdir(), 'twinproof-fuzz-'));
  try {
    const sides = await writePair(new Random(seed), folder);
    const judged = await judge(folder, sides);
    if (judged.wrong !== null) {
      const kept = join(tmpdir(), `twinproof-fuzz-failed-${seed}`);
      await cp(folder, kept, { recursive: true });
      process.stdout.write(
        `seed ${seed}: ${judged.wrong}\nkept in ${kept}; once more: npm run fuzz -- --seed ${seed} --inputs 1\n`,
      );
    }
    return judged;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seeds have up to nine digits, as options have. */
const SEEDS = 10 ** 9;

interface Flags {
  seconds: number;
  seed?: number;
  inputs?: number;
}

async function fuzz({ seconds, seed = Date.now() % SEEDS, inputs = Infinity }: Flags): Promise<void> {
  process.stdout.write(`seed ${seed}\n`);
  const end = inputs === Infinity ? performance.now() + seconds * 1000 : Infinity;
  const count = { inputs: 0, compared: 0, failed: 0 };
  while (count.inputs < inputs && performance.now() < end && count.failed < 10) {
    const { compared, wrong } = await attempt((seed + count.inputs++) % SEEDS);
    if (compared) count.compared++;
    if (wrong !== null) count.failed++;
  }
  process.stdout.write(
    `${count.inputs} inputs, ${count.compared} compared, ${count.failed} not as they should be\n`,
  );
  process.exitCode = count.failed > 0 ? 1 : 0;
}

await new Command('fuzz')
  .description('compares small broken images: each must be told from the other or refused in one line')
  .option('--seconds <n>', 'how long', wholeNumber(1, 1_000_000), 60)
  .option('--seed <n>', 'where to begin; each input has the next number', wholeNumber(0, MAX_SEED))
  .option('--inputs <n>', 'so many, in place of so long', wholeNumber(1, 1_000_000_000))
  .action(fuzz)
  .parseAsync();
