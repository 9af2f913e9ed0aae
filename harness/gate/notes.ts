import type { RecordedSuite } from '../record/events.ts';
import type { Results } from '../record/results.ts';
import type { Allowance } from './allow.ts';
import type { CellChange } from './compare.ts';
import { notApplied } from './weaker.ts';

const DAY = 86_400_000;

interface Known {
  maxAge: number;
  partial: boolean;
  untouched: readonly CellChange[];
  /** Allowances that allow nothing. */
  unused: readonly Allowance[];
}

/** What the reader should know about the comparison itself. */
export function notesOf({ now, baseline }: { now: Results; baseline: Results }, known: Known): string[] {
  return [
    ...notesOfRuns(now, baseline, known),
    ...notesOfParts(now, known),
    ...notesOfSuites(now, baseline),
    ...notesOfMachine(now, baseline),
    ...known.unused.map(({ text }) => `--allow ${text} allows nothing: take it out`),
  ];
}

function notesOfRuns(now: Results, baseline: Results, { maxAge, untouched }: Known): string[] {
  const age = Math.floor((startOf(now) - startOf(baseline)) / DAY);
  const said: [boolean, string][] = [
    [!now.ended, 'the run did not end: it is no result'],
    [now.planned.length + untouched.length === 0, 'the run asked for nothing'],
    [!baseline.ended, 'the baseline is a run that did not end; what it lacks counts as new'],
    [age > maxAge, `the baseline has expired: it is ${age} days older than the run`],
    [age < 0, 'the baseline is younger than the run'],
    [
      now.harness !== baseline.harness,
      `the baseline was made by version ${baseline.harness}, the run by ${now.harness}`,
    ],
    [
      now.catalog.name !== baseline.catalog.name,
      `the baseline is of the catalog ${baseline.catalog.name}, the run of ${now.catalog.name}`,
    ],
  ];
  return said.flatMap(([so, text]) => (so ? text : []));
}

function notesOfParts({ plan, runs }: Results, { partial, untouched }: Known): string[] {
  const since = [...new Set(runs.flatMap(({ header }) => header.changedSince?.slice(0, 12) ?? []))];
  const unknown = untouched.filter(({ before }) => before === null).length;
  const said: [boolean, string][] = [
    [
      untouched.length > 0,
      `${untouched.length} cells were not checked: no input of theirs changed since ${since.join(' and ')}`,
    ],
    [unknown > 0, `${unknown} of these are not in the baseline either: nothing is known of them`],
    [
      partial && plan === null,
      'the log does not name its whole catalog: what is gone cannot be distinguished from what was left out',
    ],
  ];
  return said.flatMap(([so, text]) => (so ? text : []));
}

/** A suite that is another one may expect less. */
function notesOfSuites(now: Results, baseline: Results): string[] {
  const before = new Map(suitesOf(baseline).map(({ path, digest }) => [path, digest]));
  const changed = suitesOf(now).filter(({ path, digest }) => (before.get(path) ?? digest) !== digest);
  return [...new Set(changed.map(({ path }) => path))].map(
    (path) =>
      `${path} is not the suite that it was for the baseline: what its claims expect may have changed`,
  );
}

const suitesOf = ({ runs }: Results): RecordedSuite[] => runs.flatMap(({ header }) => header.suites ?? []);

/** The same options show less on a machine that cannot do everything. */
function notesOfMachine(now: Results, baseline: Results): string[] {
  const variations = new Set(
    [...now.twins].flatMap(([id, twins]) => notApplied(twins, baseline.twins.get(id))),
  );
  if (variations.size === 0) return [];
  return [
    `this machine could not vary what was varied for the baseline: ${[...variations].sort().join(', ')}`,
  ];
}

const startOf = ({ runs }: Results): number =>
  Math.min(...runs.map(({ header }) => Date.parse(header.started)));
