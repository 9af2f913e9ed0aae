import { z } from 'zod';
import type { CellResult, Twins } from '../record/events.ts';
import { VULNS } from './predicates.ts';

const MOST_LISTED = 1000;

const listed = z.array(
  z.object({
    id: z.string(),
    package: z.string(),
    version: z.string(),
    severity: z.string(),
    fixedIn: z.string().nullable(),
    hasFix: z.boolean(),
  }),
);
/** The part of the details of `vulnerabilities` that is stated. */
const DETAIL = z.object({
  distribution: z.string(),
  advisories: z.number(),
  newest: z.string().nullable(),
  asOf: z.string().nullable(),
  vulnerabilities: listed,
  tolerated: listed,
  excused: listed.element.extend({ statement: z.string(), why: z.string() }).array(),
  notLookedAt: z.array(z.unknown()),
});
type Detail = z.output<typeof DETAIL>;

/** The part of a statement that is its own. */
interface VulnsStatement {
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: string;
  predicate: Record<string, unknown>;
}

/**
 * What a run found of an image's vulnerabilities, as in-toto's "vulns" predicate. Null where it would say less than what there
 * is: a claim that was not decided, lists that were cut off, parts of the image that were passed over.
 */
export function vulnsStatement(
  cell: CellResult,
  twins: Twins,
  log: object,
  times: { started: string; finished: string },
): VulnsStatement | null {
  if (!['pass', 'fail', 'waived'].includes(cell.verdict)) return null;
  const read = DETAIL.safeParse(cell.detail);
  const image = twins.builds.find(({ manifest }) => manifest !== null);
  if (!read.success || image?.manifest == null || isPartial(read.data)) return null;
  const { distribution, advisories, newest, asOf } = read.data;
  const { twin, manifest } = image;
  return {
    subject: [{ name: `${cell.subject} twin ${twin}`, digest: { sha256: manifest.replace('sha256:', '') } }],
    predicateType: VULNS,
    predicate: {
      scanner: {
        uri: 'pkg:npm/twinproof',
        version: cell.key?.harness ?? '',
        db: { uri: `${advisories} advisories about ${distribution}`, lastUpdate: newest ?? '' },
        result: resultsOf(read.data),
      },
      metadata: {
        scanStartedOn: times.started,
        scanFinishedOn: times.finished,
        ...(asOf === null ? {} : { asOf }),
      },
      configuration: [log, { name: cell.subject }],
    },
  };
}

const isPartial = ({ vulnerabilities, tolerated, excused, notLookedAt }: Detail): boolean =>
  notLookedAt.length > 0 || [vulnerabilities, tolerated, excused].some((list) => list.length >= MOST_LISTED);

/** What statements take back is there as well, with the statement. */
const resultsOf = ({ vulnerabilities, tolerated, excused }: Detail): object[] => [
  ...vulnerabilities.map((one) => resultOf(one, { counts: true })),
  ...tolerated.map((one) => resultOf(one, { counts: false })),
  ...excused.map((one) => resultOf(one, { counts: false, statement: one.statement, why: one.why })),
];

const resultOf = (
  { id, package: name, version, severity, fixedIn, hasFix }: Detail['vulnerabilities'][number],
  more: object,
): object => ({
  ...{ id, severity: [{ method: 'qualitative', score: severity }] },
  annotations: [{ package: name, version, fixedIn, hasFix, ...more }],
});
