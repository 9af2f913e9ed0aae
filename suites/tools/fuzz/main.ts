import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { Random } from '../../../bench/images/random.ts';
import { MAX_SEED, wholeNumber } from '../../../harness/cli/options.ts';
import type { Judged } from './judge.ts';
import { KINDS } from './kinds.ts';

/** One input, made from its kind and seed alone. */
async function attempt(kind: string, seed: number): Promise<Judged> {
  const folder = await mkdtemp(join(tmpdir(), 'twinproof-fuzz-'));
  try {
    const judged = await KINDS[kind]?.(new Random(seed), folder);
    if (judged === undefined) throw new Error(`no kind ${kind}`);
    if (judged.wrong !== null) {
      const kept = join(tmpdir(), `twinproof-fuzz-failed-${kind}-${seed}`);
      await cp(folder, kept, { recursive: true });
      const again = `npm run fuzz -- --kind ${kind} --seed ${seed} --inputs 1`;
      process.stdout.write(`${kind}, seed ${seed}: ${judged.wrong}\nkept in ${kept}; once more: ${again}\n`);
    }
    return judged;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seeds have up to nine digits, as options have. */
const SEEDS = MAX_SEED + 1;

interface Flags {
  kind: string[];
  seconds: number;
  seed?: number;
  inputs?: number;
}

/** The kinds take turns; each begins at the seed, so that what one finds does not depend on which others there are. */
async function fuzz({ kind, seconds, seed = Date.now() % SEEDS, inputs = Infinity }: Flags): Promise<void> {
  const kinds = kind.length === 0 ? Object.keys(KINDS) : kind;
  process.stdout.write(`seed ${seed}: ${kinds.join(', ')}\n`);
  const end = inputs === Infinity ? performance.now() + seconds * 1000 : Infinity;
  const count = { inputs: 0, compared: 0, failed: 0 };
  while (count.inputs < inputs && performance.now() < end && count.failed < 10) {
    const at = count.inputs++;
    const next = (seed + Math.floor(at / kinds.length)) % SEEDS;
    const { compared, wrong } = await attempt(kinds[at % kinds.length] ?? '', next);
    if (compared) count.compared++;
    if (wrong !== null) count.failed++;
  }
  process.stdout.write(
    `${count.inputs} inputs, ${count.compared} compared, ${count.failed} not as they should be\n`,
  );
  process.exitCode = count.failed > 0 ? 1 : 0;
}

const known = Object.keys(KINDS);
function oneMore(value: string, before: string[]): string[] {
  if (known.includes(value)) return [...before, value];
  throw new TypeError(`there is no kind ${value}; kinds are ${known.join(', ')}`);
}

await new Command('fuzz')
  .description('broken inputs: each must be taken for what it is, or refused in one line')
  .addOption(
    new Option('--kind <name>', `only this kind (repeatable): ${known.join(', ')}`)
      .argParser(oneMore)
      .default([]),
  )
  .option('--seconds <n>', 'how long', wholeNumber(1, 1_000_000), 60)
  .option('--seed <n>', 'where to begin; each input has the next number', wholeNumber(0, MAX_SEED))
  .option('--inputs <n>', 'so many, in place of so long', wholeNumber(1, 1_000_000_000))
  .action(fuzz)
  .parseAsync();
