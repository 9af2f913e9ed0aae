import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CellResult, Header, RunEvent, Twins } from '../../../harness/record/events.ts';
import { footer, header, planned } from '../../../harness/testing/record/run.ts';
import { RunWriter } from '../../../harness/record/writer.ts';
import { twinproof } from './support.ts';

/** Writes a run of these cells into a folder; returns the run's folder. */
export async function record(
  folder: string,
  cells: readonly CellResult[],
  more: { header?: Partial<Header>; twins?: readonly Twins[] } = {},
): Promise<string> {
  const name = more.header?.run ?? 'r';
  const path = join(folder, name);
  const first = header(planned(cells), { run: name, ...more.header });
  const events: RunEvent[] = [first, ...(more.twins ?? []), ...cells, footer(cells)];
  // A writer would sync each of many lines to the disk.
  new RunWriter(path).close();
  await writeFile(join(path, 'run.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return path;
}

/** The page of a run, beside it. */
export async function pageOf(run: string, ...more: string[]): Promise<string> {
  const file = `${run}.html`;
  const args = ['report', run, '--format', 'html', '--out', file, '--no-exit-code', ...more];
  const { stderr } = await twinproof(args);
  expect(stderr).toBe('');
  return file;
}
