import { z } from 'zod';

export const SCAI = 'https://in-toto.io/attestation/scai/v0.3';
export const VULNS = 'https://in-toto.io/attestation/vulns/v0.1';
export const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';
/** Verification summary of SLSA. */
export const VSA = 'https://slsa.dev/verification_summary/v1';
/**
 * The policy of summaries that are read here, those of audits, and the field with their verdicts. Of our own: SLSA's levels
 * are not claimed, its build-reproduced least of all.
 */
export const AUDIT_POLICY = 'https://twinproof.dev/audit/v1';

const resource = z.record(z.string(), z.json());
const tests = z.array(z.string()).default([]);

const testResult = z.object({
  result: z.enum(['PASSED', 'WARNED', 'FAILED']),
  configuration: z.array(resource.and(z.object({ annotations: resource.optional() }))),
  passedTests: tests,
  warnedTests: tests,
  failedTests: tests,
});

const vulns = z.object({
  scanner: z.object({ uri: z.string(), result: z.array(z.object({ id: z.string().min(1) })) }),
});

const scai = z.object({
  attributes: z
    .array(
      z.object({
        attribute: z.string().min(1),
        conditions: resource.optional(),
        evidence: resource.optional(),
      }),
    )
    .min(1),
});

const summary = z.object({
  verificationResult: z.enum(['PASSED', 'FAILED']),
  [AUDIT_POLICY]: z.object({
    claims: z.array(z.object({ claim: z.string().min(1), verdict: z.string() })).min(1),
  }),
});

const ofAudit = z.object({ policy: z.object({ uri: z.literal(AUDIT_POLICY) }) });

/** What a predicate says, in its own words, e.g. `PASSED`; or what is wrong with it. */
export type Said = { said: string[] } | { fault: string };

/** @returns null for types of predicates that are not read here */
export function readPredicate(type: string, predicate: unknown): Said | null {
  if (type === TEST_RESULT) {
    const read = testResult.safeParse(predicate);
    return read.success ? ofTests(read.data) : faultOf(read.error);
  }
  if (type === VULNS) {
    const read = vulns.safeParse(predicate);
    return read.success ? { said: [numberText(read.data.scanner.result.length)] } : faultOf(read.error);
  }
  if (type === VSA) {
    // What others mean by PASSED is not known here.
    if (!ofAudit.safeParse(predicate).success) return null;
    const read = summary.safeParse(predicate);
    return read.success ? ofSummary(read.data) : faultOf(read.error);
  }
  if (type !== SCAI) return null;
  const read = scai.safeParse(predicate);
  return read.success ? ofAttributes(read.data) : faultOf(read.error);
}

const numberText = (count: number): string =>
  count === 0 ? 'no vulnerability' : count === 1 ? '1 vulnerability' : `${count} vulnerabilities`;

/** What a predicate says that was read before. */
export function saidBy(type: string, predicate: unknown): string[] {
  const read = readPredicate(type, predicate);
  return read !== null && 'said' in read ? read.said : [];
}

function faultOf({ issues: [issue] }: z.ZodError): Said {
  const place = ['predicate', ...(issue?.path ?? [])].join('.');
  return { fault: `${place}: ${issue?.message ?? ''}` };
}

/** A result that its own lists contradict is none: a reader of the one word would be told what is not so. */
function ofTests({ result, configuration, ...lists }: z.infer<typeof testResult>): Said {
  const { passedTests, warnedTests, failedTests } = lists;
  const against = result === 'PASSED' ? [...failedTests, ...warnedTests] : failedTests;
  if (result !== 'FAILED' && against.length > 0)
    return {
      fault: `the result is ${result}, though these are not passed: ${against.slice(0, 5).join(', ')}`,
    };
  if (result !== 'FAILED' && passedTests.length + warnedTests.length === 0)
    return { fault: `the result is ${result}, but no test is named` };
  if (result !== 'FAILED' && configuration.some(({ annotations = {} }) => isOpen(annotations)))
    return { fault: `the result is ${result}, though not everything was decided` };
  const all = [...passedTests, ...warnedTests, ...failedTests];
  return new Set(all).size === all.length
    ? { said: [result] }
    : { fault: 'a test is listed twice, so that it is not clear what became of it' };
}

function ofSummary({ verificationResult, [AUDIT_POLICY]: { claims } }: z.infer<typeof summary>): Said {
  const other = claims.find(({ verdict }) => verdict !== 'pass');
  return verificationResult === 'PASSED' && other !== undefined
    ? {
        fault: `the result is PASSED, though the verdict of ${other.claim} is ${JSON.stringify(other.verdict)}`,
      }
    : { said: [verificationResult] };
}

/** Whether what was attested lacks its end, or results of claims. */
function isOpen({ complete, undecided, missing }: z.infer<typeof resource>): boolean {
  const isThere = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  return complete === false || isThere(undecided) || isThere(missing);
}

function ofAttributes({ attributes }: z.infer<typeof scai>): Said {
  const said = attributes.map(({ attribute }) => attribute);
  if (said.includes('REPRODUCIBLE') && said.includes('NOT_REPRODUCIBLE'))
    return { fault: 'it says both REPRODUCIBLE and NOT_REPRODUCIBLE' };
  const verdicts = attributes.flatMap(({ attribute, conditions }) =>
    attribute === 'REPRODUCIBLE' ? (conditions?.verdict ?? []) : [],
  );
  const other = verdicts.find((verdict) => verdict !== 'pass');
  return other === undefined
    ? { said }
    : { fault: `the attribute is REPRODUCIBLE, though the verdict is ${JSON.stringify(other)}` };
}
