import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Table from 'cli-table3';
import { findTool } from '../../harness/setup/tools.mjs';
import type { Proof } from '../proofs.ts';
import { run, type Command, type Measured } from './run.ts';

/** One way to do the job. */
export interface Contestant {
  name: string;
  command: Command;
  /** Programs it takes; one that is missing is named in the table. */
  needs: readonly string[];
  /** Exit codes that mean it did the job. */
  done: readonly number[];
  /** Whether what it printed shows that it did: a program that fails at once is the quickest of all. */
  proof: Proof;
  /** Makes what only it needs, before the time counts. */
  prepare?: () => Promise<void>;
}

interface Result {
  name: string;
  measured: Measured | null;
  note: string;
}

/** One run, unless something is in the way. */
async function once({ name, command, needs, done, proof, prepare }: Contestant): Promise<Result> {
  const missing = needs.filter((tool) => findTool(tool) === null);
  if (missing.length > 0) return { name, measured: null, note: `missing: ${missing.join(', ')}` };
  await prepare?.();
  const output = command.output ?? join(command.folder, 'output');
  const measured = await run({ ...command, output });
  const { exit } = measured;
  if (exit === null) return { name, measured: null, note: `no result in ${command.limit ?? 0} s` };
  if (!done.includes(exit)) return { name, measured: null, note: `does not do it: exit code ${exit}` };
  if (!proof(await readFile(output, 'utf8')))
    return { name, measured: null, note: `exit code ${exit}, but what it prints is not what there is` };
  return { name, measured, note: '' };
}

/** The quickest of several rounds is the one that others on the machine disturbed least. */
function best(results: readonly Result[]): Result | undefined {
  const failed = results.find(({ measured }) => measured === null);
  const seconds = ({ measured }: Result): number => measured?.seconds ?? 0;
  return failed ?? results.toSorted((one, other) => seconds(one) - seconds(other))[0];
}

/** A bound on how long the first contestant may take. */
export interface Goal {
  times: number;
  of: string;
}

function ratio(mine: Measured, other: Measured): string {
  return `${(mine.seconds / other.seconds).toFixed(2)} (CPU ${(mine.cpu / other.cpu).toFixed(2)})`;
}

/**
 * Measures all of them in turns, so that what else happens on the machine meets all alike, and shows the first beside
 * each of the others. Those with a time limit run once.
 */
export async function contest(
  title: string,
  contestants: readonly Contestant[],
  goals: readonly Goal[],
  rounds: number,
): Promise<string> {
  const results = new Map<string, Result[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const one of contestants) {
      if (round === 0 || one.command.limit === undefined) results.get(one.name)?.push(await once(one));
    }
  }
  const bests = [...results.values()].flatMap((one) => best(one) ?? []);
  const mine = bests[0]?.measured ?? null;
  const table = new Table({
    head: [title, 'wall', 'CPU', 'peak memory', 'twinproof / this', 'goal'],
    style: { head: [], border: [] },
  });
  for (const { name, measured, note } of bests) {
    const goal = goals.find(({ of }) => of === name);
    if (measured === null) table.push([name, { colSpan: 5, content: note }]);
    else {
      table.push([
        name,
        `${measured.seconds.toFixed(2)} s`,
        `${measured.cpu.toFixed(2)} s`,
        `${measured.memory.toFixed(0)} MiB`,
        mine === null || measured === mine ? '' : ratio(mine, measured),
        goal === undefined ? '' : `<= ${goal.times}`,
      ]);
    }
  }
  return table.toString();
}
