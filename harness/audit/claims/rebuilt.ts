import type { Built, Outcome, Rebuild } from '../rebuild/types.ts';
import { type AuditCase, type AuditFinding, type AuditVerdict, finding } from './types.ts';

/** Of several platforms the worst counts. */
const WORST: readonly AuditVerdict[] = ['fail', 'error', 'not-checked', 'unverified', 'unsupported', 'pass'];

type Judge = (built: Built) => AuditFinding;
type Failed = Extract<Outcome, { kind: 'failed' }>;

/** What a claim that rests on rebuilds says: of each platform, and of all together. */
export function ofRebuilds(
  { rebuilds }: AuditCase,
  judge: Judge,
  failed: (outcome: Failed) => AuditFinding = couldNotBuild,
): AuditFinding {
  const said = rebuilds.map((one) => ({ one, is: judgeOne(one, judge, failed) }));
  const worst = WORST.find((verdict) => said.some(({ is }) => is.verdict === verdict));
  const decisive = said.filter(({ is }) => is.verdict === worst);
  const [first] = decisive;
  if (worst === undefined || first === undefined)
    return finding('not-checked', 'nothing was rebuilt', [], 'an audit without --no-rebuild');
  const many = rebuilds.length > 1;
  const name = ({ platform }: Rebuild): string => (many ? `${platform}: ` : '');
  return finding(
    worst,
    decisive.map(({ one, is }) => `${name(one)}${is.summary}`).join('; '),
    said.flatMap(({ one, is }) => [
      ...(many && is.verdict !== worst ? [`${one.platform}: ${is.verdict}: ${is.summary}`] : []),
      ...is.details.map((line) => `${name(one)}${line}`),
    ]),
    first.is.needed,
  );
}

function judgeOne(
  { outcome }: Rebuild,
  judge: Judge,
  failed: (outcome: Failed) => AuditFinding,
): AuditFinding {
  switch (outcome.kind) {
    case 'built':
      return judge(outcome);
    case 'failed':
      return failed(outcome);
    case 'error':
      return finding('error', outcome.message, [], 'another try on a machine that works');
    case 'rests-on':
      return finding('not-checked', outcome.why, [], 'the source that the image is of');
    case 'lacking': {
      const { lacks } = outcome;
      const details = lacks.map(({ code, what }) => `${code}: ${what}`);
      const codes = [...new Set(lacks.map(({ code }) => code))];
      const verdict = codes.every((code) => code === 'unsupported') ? 'unsupported' : 'not-checked';
      const summary = lacks.length === 1 ? (details[0] ?? '') : `it cannot be rebuilt: ${codes.join(', ')}`;
      return finding(verdict, summary, details, 'what is named here');
    }
  }
}

/** "Could not build" and "differs" are never the same verdict. */
const couldNotBuild = ({ twin, message, network }: Failed): AuditFinding =>
  finding(
    'error',
    `twin ${twin} could not be built: ${message}`,
    network.refused.map((what) => `asked for ${what}, and got no network`),
    'a build that works without a network',
  );
