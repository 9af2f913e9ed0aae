import { jsonDiff } from '../compare/json-diff.ts';
import type { PointerDiff } from '../compare/types.ts';
import type { Json } from '../oci/types.ts';
import type { Evidence } from '../record/events.ts';
import { evidenceOfTwins } from '../record/evidence-of-twins.ts';
import { evidenceFault } from '../record/read-evidence.ts';
import { type Run, readRun } from '../record/reader.ts';
import { digestOfFile } from '../model/digest.ts';
import { logNamedBy, nameOf } from './named.ts';
import { type Statement, type SubjectStatement, statementsOf } from './statements.ts';

export interface NamedStatement {
  /** For people, e.g. `attestation 3`. */
  name: string;
  statement: Statement;
}

interface Checked {
  statements: Statement[];
  faults: string[];
}

/** Differences named of one statement. */
const MAX_NAMED = 3;

/** Whether statements are what the log comes to, all of it, and its evidence is what the log says. */
export async function checkAgainstRun(found: readonly NamedStatement[], results: string): Promise<Checked> {
  const run = await readRun(results);
  const digest = await digestOfFile(run.file);
  const expected = statementsOf(run, digest).map(asRead);
  const byName = Map.groupBy(expected, ({ statement }) => nameOf(statement));
  const broken = await brokenEvidence(run);
  const isBroken = ({ subject }: SubjectStatement): boolean =>
    evidenceOf(run, subject).some((one) => broken.has(one.digest));
  const seen = new Set<SubjectStatement | string>();
  const faults: string[] = [];
  const statements: Statement[] = [];
  for (const { name, statement } of found) {
    const about = nameOf(statement);
    const reported = byName.get(about) ?? [];
    const same = reported.find((one) => differences(one.statement, statement).length === 0);
    seen.add(same ?? about);
    if (same === undefined) faults.push(`${name}: ${differenceOf(statement, reported[0], digest)}`);
    else if (!isBroken(same)) statements.push(statement);
  }
  // One that is there and wrong was reported above.
  const absent = expected.filter((reported) => !seen.has(reported) && !seen.has(nameOf(reported.statement)));
  faults.push(...absent.map(({ statement }) => `the attestation of ${nameOf(statement)} is not there`));
  return { statements, faults: [...faults, ...broken.values()] };
}

/** As it is after it was written as JSON and read again. */
const asRead = ({ subject, statement }: SubjectStatement): SubjectStatement => ({
  subject,
  statement: JSON.parse(JSON.stringify(statement)) as Statement,
});

const differences = (reported: Statement, found: Statement): PointerDiff[] =>
  jsonDiff(reported as unknown as Json, found as unknown as Json);

/** In what a statement is other than the log has it. */
function differenceOf(statement: Statement, reported: SubjectStatement | undefined, digest: string): string {
  const name = nameOf(statement);
  const named = logNamedBy(statement);
  if (named !== digest) {
    const other = named === null ? 'it names no log' : `it names ${named}, this is ${digest}`;
    return `run.jsonl is not the log that was attested for ${name}: ${other}`;
  }
  if (reported === undefined) return `the log holds nothing of ${name}`;
  const first = differences(reported.statement, statement)
    .slice(0, MAX_NAMED)
    .map(({ pointer, a, b }) => `${pointer} is ${shown(b)}, by the log ${shown(a)}`);
  return `it is not what the log comes to for ${name}: ${first.join('; ')}`;
}

const shown = (value: unknown): string =>
  value === undefined ? 'not there' : JSON.stringify(value).slice(0, 80);

const evidenceOf = (run: Run, subject: string): Evidence[] => [
  ...[...run.cells.values()].filter((cell) => cell.subject === subject).flatMap(({ evidence }) => evidence),
  ...evidenceOfTwins(run.twins.get(subject)),
];

/** By digest, what became of the evidence that is not as the log says. */
async function brokenEvidence(run: Run): Promise<Map<string, string>> {
  const subjects = new Set([...run.twins.keys(), ...[...run.cells.values()].map(({ subject }) => subject)]);
  const all = new Map(
    [...subjects].flatMap((subject) => evidenceOf(run, subject)).map((one) => [one.digest, one]),
  );
  const broken = new Map<string, string>();
  for (const one of all.values()) {
    const fault = await evidenceFault(run.folder, one.digest);
    if (fault === null) continue;
    const became = fault === 'missing' ? 'is not there' : 'was changed';
    broken.set(one.digest, `evidence ${one.digest} (${one.name}) ${became}`);
  }
  return broken;
}
