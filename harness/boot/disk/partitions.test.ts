import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '../../setup/tools.mjs';
import { handOver } from '../machine/confined.ts';
import { parsePartitions, partitionsOf } from './partitions.ts';

const MIB = 2 ** 20;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partitions-'));
  await handOver(folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A disk on which sfdisk was told what to make. */
async function disk(script: string): Promise<string> {
  const path = join(folder, 'disk');
  await using file = await open(path, 'w');
  await file.truncate(64 * MIB);
  await execa('sfdisk', ['--quiet', path], { input: script });
  return 'disk';
}

// Not everywhere is sfdisk, and unit tests run without set-up; `npm test` installs what is missing first.
const describeIf = findTool('sfdisk') === null ? describe.skip : describe;

describeIf('partitions', () => {
  it('of a GPT', async () => {
    const name = await disk('label: gpt\nstart=1MiB, size=8MiB, type=uefi\nsize=8MiB, type=linux\n');
    expect(await partitionsOf(folder, name)).toEqual([
      { start: MIB, size: 8 * MIB, esp: true },
      { start: 9 * MIB, size: 8 * MIB, esp: false },
    ]);
  });

  it('of a table from before that', async () => {
    const name = await disk('label: dos\nstart=2MiB, size=8MiB, type=83, bootable\nsize=8MiB, type=ef\n');
    expect(await partitionsOf(folder, name)).toEqual([
      { start: 2 * MIB, size: 8 * MIB, esp: false },
      { start: 10 * MIB, size: 8 * MIB, esp: true },
    ]);
  });

  it('of a disk without a table are none', async () => {
    await using file = await open(join(folder, 'empty'), 'w');
    await file.truncate(MIB);
    expect(await partitionsOf(folder, 'empty')).toEqual([]);
  });
});

it.each([
  ['nothing', ''],
  ['another form', '{"partitiontable": {"label": "bsd"}}'],
  [
    'numbers that are none',
    '{"partitiontable":{"label":"gpt","sectorsize":512,"partitions":[{"start":-1,"size":1e400,"type":"ef"}]}}',
  ],
])('%s has no partitions', (_what, text) => {
  expect(parsePartitions(text)).toEqual([]);
});
