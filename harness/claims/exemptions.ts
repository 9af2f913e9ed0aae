import type { Exemption } from '../catalog/types.ts';
import { pathGlob } from '../model/path-glob.ts';
import type { Detail, Failure, Finding } from './types.ts';

/** The failure of a claim that names no parts. */
const WHOLE: Failure = { place: '(all)', causes: [] };

/** The exemption has to do with the failure. */
function concerns({ path, cause }: Exemption, failure: Failure): boolean {
  if (failure === WHOLE) return path === undefined && cause === undefined;
  if (path !== undefined) return failure.place !== '' && pathGlob(path)(failure.place);
  return cause !== undefined && failure.causes.includes(cause);
}

/** By its path, or by all of its causes: a file that differs for two reasons needs both. */
function isCovered(failure: Failure, exemptions: readonly Exemption[]): boolean {
  const about = exemptions.filter((exemption) => concerns(exemption, failure));
  if (about.some(({ cause }) => cause === undefined)) return true;
  const causes = new Set(about.map(({ cause }) => cause));
  return failure.causes.length > 0 && failure.causes.every((id) => causes.has(id));
}

const named = ({ path, cause, claim }: Exemption): string => path ?? cause ?? claim;

function failed(finding: Finding, detail: Detail, why: string): Finding {
  const { summary, evidence } = finding;
  return { verdict: 'fail', summary: `${why}; ${summary}`, detail, evidence };
}

/**
 * The finding with the exemptions of its subject applied: `waived` when they cover exactly what fails. One that is
 * expired, or that nothing needs, is itself a failure; what could not be decided stays as it is.
 * @param today `YYYY-MM-DD`, UTC
 */
export function waive(
  { failures, ...finding }: Finding & { failures?: Failure[] },
  claim: string,
  { exemptions = [], today }: { exemptions?: readonly Exemption[] | undefined; today: string },
): Finding {
  const own = exemptions.filter((exemption) => exemption.claim === claim);
  if (own.length === 0 || finding.verdict === 'error' || finding.verdict === 'skipped') return finding;
  const failing = finding.verdict === 'fail' ? (failures ?? [WHOLE]) : [];
  const counted = own.map((exemption) => ({
    ...exemption,
    covers: failing.filter((failure) => concerns(exemption, failure)).length,
    expired: exemption.expires < today,
  }));
  const detail: Detail = { ...finding.detail, exemptions: counted };
  const expired = counted.find((exemption) => exemption.expired);
  if (expired !== undefined) {
    const why = `exemption for ${named(expired)} expired on ${expired.expires} (owner: ${expired.owner})`;
    return failed(finding, detail, why);
  }
  const unneeded = counted.find(({ covers }) => covers === 0);
  if (unneeded !== undefined) {
    return failed(
      finding,
      detail,
      `exemption for ${named(unneeded)} is not needed (owner: ${unneeded.owner})`,
    );
  }
  const open = failing.filter((failure) => !isCovered(failure, own)).length;
  if (open > 0)
    return failed(finding, detail, `${open} of ${failing.length} differences are not covered by exemptions`);
  const until = own.map(
    (exemption) => `${named(exemption)} until ${exemption.expires}, ${exemption.owner}: ${exemption.reason}`,
  );
  const { summary, evidence } = finding;
  return { verdict: 'waived', summary: `waived (${until.join('; ')}); ${summary}`, detail, evidence };
}
