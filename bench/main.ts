import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { benchDiff } from './diff.ts';
import { machineText } from './measure/machine.ts';
import { benchReport } from './report.ts';
import { benchEntries, benchMemory } from './scale.ts';
import { benchStart } from './start.ts';
import { benchVerify } from './verify.ts';

const show = (text: string): void => void process.stdout.write(`${text}\n`);

const PARTS: Record<string, (folder: string) => Promise<void>> = {
  start: async (folder) => {
    for await (const table of benchStart(folder)) show(table);
  },
  diff: async (folder) => {
    for await (const table of benchDiff(folder)) show(table);
  },
  entries: async (folder) => show(await benchEntries(folder)),
  memory: async (folder) => show(await benchMemory(folder)),
  verify: async () => show(await benchVerify()),
  report: async (folder) => show(await benchReport(folder)),
};

async function bench(parts: readonly string[], { images }: { images?: string }): Promise<void> {
  const folder = images === undefined ? await mkdtemp(join(tmpdir(), 'twinproof-bench-')) : resolve(images);
  await mkdir(folder, { recursive: true });
  show(machineText());
  try {
    for (const part of parts.length > 0 ? parts : Object.keys(PARTS)) await PARTS[part]?.(folder);
  } finally {
    if (images === undefined) await rm(folder, { recursive: true, force: true });
  }
}

await new Command('bench')
  .description('measures twinproof; images are made by code from a seed and take a few minutes')
  .addArgument(new Argument('[parts...]', 'all when none is named').choices(Object.keys(PARTS)))
  .option('--images <folder>', 'keep the images there and use them again')
  .action(bench)
  .parseAsync();
