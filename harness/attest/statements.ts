import type { CellResult, Twins } from '../record/events.ts';
import type { Placement } from '../record/host.ts';
import { type Run, cellId } from '../record/reader.ts';
import { SCAI, TEST_RESULT } from './predicates.ts';
import { vulnsStatement } from './vulns-statement.ts';

const STATEMENT = 'https://in-toto.io/Statement/v1';

export interface Resource {
  name?: string;
  digest?: { sha256: string };
  annotations?: Record<string, unknown>;
}

export interface Statement {
  _type: string;
  subject: Resource[];
  predicateType: string;
  predicate: Record<string, unknown>;
}

/** A statement, and the subject of the run that it is about. */
export interface SubjectStatement {
  subject: string;
  statement: Statement;
}

const hex = (digest: string): { sha256: string } => ({ sha256: digest.replace('sha256:', '') });

/**
 * What a run says, as in-toto statements, for failures as for passes: of each subject a test result over its claims, and
 * where its twins were compared a SCAI report on them, which tells how far apart they were built, and what is known of its
 * vulnerabilities where that was asked. Nothing is claimed of
 * SLSA's build-reproduced property: it needs platforms that are operated independently, and hosts of one owner are one.
 * @param logDigest `sha256:<hex>` of run.jsonl
 */
export function statementsOf(run: Run, logDigest: string): SubjectStatement[] {
  const log = logOf(run, logDigest);
  const subjects = Map.groupBy(run.header.cells, ({ subject }) => subject);
  return [...subjects].flatMap(([subject, planned]) => {
    const cells = planned.flatMap((cell) => run.cells.get(cellId(cell)) ?? []);
    const missing = planned.filter((cell) => !run.cells.has(cellId(cell))).map(({ claim }) => claim);
    const twins = run.twins.get(subject);
    const compared = cells.find(({ claim, verdict }) => claim === 'reproducible' && verdict !== 'skipped');
    return [
      testResult(subject, { cells, missing }, { twins, log }),
      ...(compared === undefined || twins === undefined || compared.verdict === 'error'
        ? []
        : [scai(compared, twins, log)]),
      ...vulns(cells, twins, { log, run }),
    ].map((statement) => ({ subject, statement }));
  });
}

/** Of a run that ended: what it found of vulnerabilities. */
function vulns(
  cells: readonly CellResult[],
  twins: Twins | undefined,
  { log, run: { header, footer } }: { log: Resource; run: Run },
): Statement[] {
  const cell = cells.find(({ claim }) => claim === 'vulnerabilities');
  if (cell === undefined || twins === undefined || footer === null) return [];
  const times = { started: header.started, finished: footer.finished };
  const found = vulnsStatement(cell, twins, log, times);
  return found === null ? [] : [{ _type: STATEMENT, ...found }];
}

/** A log that lacks its end, or a cell that it was to hold, is incomplete: nothing of it is a pass. */
const logOf = ({ header, footer, cells }: Run, digest: string): Resource => ({
  name: 'run.jsonl',
  digest: hex(digest),
  annotations: {
    run: header.run,
    complete: footer !== null && header.cells.every((cell) => cells.has(cellId(cell))),
  },
});

/** The images that were built; where there is none, the record of the attempt. */
function images(subject: string, twins: Twins | undefined, log: Resource): Resource[] {
  const built = (twins?.builds ?? []).flatMap(({ twin, manifest }) =>
    manifest === null ? [] : [{ name: `${subject} twin ${twin}`, digest: hex(manifest) }],
  );
  return built.length === 0 ? [log] : built;
}

function testResult(
  subject: string,
  { cells, missing }: { cells: readonly CellResult[]; missing: readonly string[] },
  { twins, log }: { twins: Twins | undefined; log: Resource },
): Statement {
  const named = (...verdicts: string[]): string[] =>
    cells.filter(({ verdict }) => verdicts.includes(verdict)).map(({ claim }) => claim);
  const failed = named('fail', 'error');
  const warned = named('waived');
  const passed = named('pass');
  const complete = log.annotations?.complete === true;
  const holds = complete && failed.length === 0 && passed.length + warned.length > 0;
  return {
    _type: STATEMENT,
    subject: images(subject, twins, log),
    predicateType: TEST_RESULT,
    predicate: {
      result: holds ? (warned.length > 0 ? 'WARNED' : 'PASSED') : 'FAILED',
      configuration: [
        log,
        {
          name: subject,
          annotations: {
            undecided: Object.fromEntries(
              cells.flatMap(({ claim, error }) => (error === undefined ? [] : [[claim, error.code]])),
            ),
            skipped: named('skipped'),
            ...(missing.length === 0 ? {} : { missing }),
            keys: Object.fromEntries(cells.map(({ claim, keyDigest }) => [claim, keyDigest])),
          },
        },
      ],
      passedTests: passed,
      warnedTests: warned,
      failedTests: failed,
    },
  };
}

const PLATFORMS: Record<Placement | 'unknown', string> = {
  'same-host': 'the builds ran on one machine',
  'different-nodes': 'the builds ran in different nodes on one kernel',
  'different-hosts': 'the builds ran on different machines; nothing is said of who operates them',
  unknown: 'where the builds ran is not known',
};

function scai(cell: CellResult, twins: Twins, log: Resource): Statement {
  const { detail, key, verdict } = cell;
  const diff = cell.evidence.find(({ name }) => name === 'diff');
  return {
    _type: STATEMENT,
    subject: images(cell.subject, twins, log),
    predicateType: SCAI,
    predicate: {
      attributes: [
        {
          attribute: verdict === 'pass' ? 'REPRODUCIBLE' : 'NOT_REPRODUCIBLE',
          conditions: {
            platforms: PLATFORMS[cell.placement ?? 'unknown'],
            placement: cell.placement ?? null,
            verdict,
            rungAsked: detail.asked ?? null,
            rung: detail.rung ?? null,
            normalised: detail.normalised ?? [],
            key,
            keyDigest: cell.keyDigest,
            builder: twins.builder,
            sourceDateEpoch: twins.sourceDateEpoch,
            builds: twins.builds.map(({ twin, manifest, config, environment }) => ({
              twin,
              manifest,
              config,
              environment: environment ?? [],
            })),
          },
          evidence:
            diff === undefined
              ? log
              : { name: 'diff', digest: hex(diff.digest), annotations: { log: log.digest } },
        },
      ],
      producer: { name: 'Twinproof', annotations: { version: key?.harness ?? null } },
    },
  };
}
