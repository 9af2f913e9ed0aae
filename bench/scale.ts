import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Table from 'cli-table3';
import { twinproof } from './contestants.ts';
import { NO_CHANGE, type Change, type Shape } from './images/entries.ts';
import { makeImage } from './images/make.ts';
import { run } from './measure/run.ts';

/** One pair. */
interface Size {
  name: string;
  shape: Shape;
  change: Change;
  /** Compression level: large layers are made with less care. */
  level: number;
  /** Peak memory that it may take; MiB. */
  goal: number;
}

const ALL_MTIMES: Change = { mtime: 1, files: [] };
const TWO_FILES: Change = { mtime: 0, files: [1001, 4001] };
const FILES = 600;

const few = (entries: number, goal: number, change = ALL_MTIMES): Size => ({
  name: `${entries} entries${change === TWO_FILES ? ', two files differ' : ''}`,
  shape: { seed: entries, entries, bytes: entries * (1024 + FILES) },
  change,
  level: 1,
  goal,
});

async function measure(folder: string, sizes: readonly Size[], per: 'entry' | 'GiB'): Promise<string> {
  const table = new Table({
    head: [
      'every mtime differs, if not said otherwise',
      'wall',
      'CPU',
      per === 'entry' ? 'CPU an entry' : 'CPU a GiB',
      'peak memory',
      'goal',
    ],
    style: { head: [], border: [] },
  });
  for (const { name, shape, change, level, goal } of sizes) {
    const path = join(folder, name.replaceAll(/\W+/g, '-'));
    const a = await makeImage(`${path}-a`, shape, NO_CHANGE, level);
    const b = await makeImage(`${path}-b`, shape, change, level);
    const difference = { entries: shape.entries, files: 0 };
    const { command, proof } = twinproof(folder, [a, b], difference);
    const output = join(folder, 'output');
    const { seconds, cpu, memory, exit } = await run({ ...command, output });
    if (exit !== 1 || !proof(await readFile(output, 'utf8')))
      throw new Error(`${name}: exit code ${String(exit)}, or not every entry was seen to differ`);
    const each = per === 'entry' ? (cpu / shape.entries) * 1e6 : cpu / (shape.bytes / 2 ** 30);
    const unit = per === 'entry' ? 'µs' : 's';
    table.push([
      name,
      `${seconds.toFixed(2)} s`,
      `${cpu.toFixed(2)} s`,
      `${each.toFixed(1)} ${unit}`,
      `${memory.toFixed(0)} MiB`,
      `<= ${goal} MiB: ${memory <= goal ? 'met' : 'not met'}`,
    ]);
  }
  return table.toString();
}

/** Cost against the number of entries, in time and memory. */
export function benchEntries(folder: string): Promise<string> {
  const sizes = [few(10_000, 300), few(100_000, 300), few(1_000_000, 600), few(1_000_000, 600, TWO_FILES)];
  return measure(folder, sizes, 'entry');
}

/** Memory against the size of a layer. */
export function benchMemory(folder: string): Promise<string> {
  const sizes = [1, 10].map((size) => ({
    name: `${size} GiB layer`,
    shape: { seed: size, entries: 40_000, bytes: size * 2 ** 30 },
    change: ALL_MTIMES,
    level: 1,
    goal: 300,
  }));
  return measure(folder, sizes, 'GiB');
}
