import type { Random } from '../../../bench/images/random.ts';
import { CLAIMS as KNOWN } from '../../../harness/claims/registry.ts';
import { TwinproofError } from '../../../harness/errors.ts';
import { ALLOWABLE } from '../../../harness/gate/allow.ts';
import { type GateResult, type Mode, MODES, judge } from '../../../harness/gate/judge.ts';
import { namedRules } from '../../../harness/gate/names.ts';
import { gateText } from '../../../harness/gate/text.ts';
import type { Terms } from '../../../harness/record/events.ts';
import { cellId } from '../../../harness/record/reader.ts';
import type { Results } from '../../../harness/record/results.ts';
import { cell } from '../../../harness/testing/record/run.ts';
import { madeUp } from '../../../harness/testing/report/input.ts';
import type { Judged } from './judge.ts';
import { pick } from './mutate.ts';
import { misspelt } from './names.ts';
import type { Verdict } from '../../../harness/model/verdicts.ts';

const CLAIMS = ['reproducible', 'hermetic', 'runs', 'downgrade'];
const SUBJECTS = ['app/default@linux/amd64', 'app/default@linux/arm64/v8', 'os/b.1-c@linux/amd64'];

/** One cell of a catalog; without a verdict it was not looked at. */
interface DifferenceSite {
  subject: string;
  claim: string;
  terms: Terms;
  verdict: Verdict | null;
}

const exemption = { path: 'etc/**', reason: 'r', owner: 'o', expires: '2099-12-31' };

function baselineOf(random: Random): DifferenceSite[] {
  return SUBJECTS.slice(0, 1 + random.below(3)).flatMap((subject) =>
    CLAIMS.map((claim): DifferenceSite => {
      if (random.below(8) === 0) return { subject, claim, terms: { notClaimed: 'x' }, verdict: 'skipped' };
      const waived = random.below(8) === 0;
      const terms: Terms = {
        ...(claim === 'reproducible' ? { asked: { rung: 'config' } } : {}),
        ...(claim === 'downgrade' ? { asked: { policy: 'refused' } } : {}),
        ...(claim === 'runs' ? { asked: { smoke: { run: ['x'], expect: 'yes' } } } : {}),
        ...(waived ? { exemptions: [exemption] } : {}),
      };
      return {
        subject,
        claim,
        terms,
        verdict: waived ? 'waived' : pick(random, ['pass', 'pass', 'fail', 'error']),
      };
    }),
  );
}

/** What a change may do to a cell that is claimed, and what a gate must call it; null for what is not its business. */
const EDITS: Readonly<Record<string, (site: DifferenceSite, random: Random) => DifferenceSite | null>> = {
  withdrawn: (site) => ({ ...site, terms: { notClaimed: 'x' }, verdict: 'skipped' }),
  gone: () => null,
  exempted: (site, random) => {
    const more = pick(random, [{ path: '**' }, { expires: '2100-01-01' }, { path: 'etc/*' }]);
    const { exemptions = [] } = site.terms;
    return { ...site, terms: { ...site.terms, exemptions: [...exemptions, { ...exemption, ...more }] } };
  },
  lowered: (site, random) => {
    const asked: Terms['asked'] = {
      reproducible: { rung: pick(random, ['layers', 'tree', 'tree-no-times']) },
      downgrade: pick(random, [{}, { policy: 'allowed' as const }]),
      runs: { smoke: { run: ['x'], expect: pick(random, ['y', 'no', '']) } },
    }[site.claim];
    return { ...site, terms: { ...site.terms, asked: asked ?? {} } };
  },
  untouched: (site) => ({ ...site, terms: { ...site.terms, leftOut: 'untouched' }, verdict: null }),
};

interface Markers {
  now: DifferenceSite[];
  /** Edits by cell, those of the catalog only. */
  edits: { kind: (typeof ALLOWABLE)[number]; subject: string; claim: string }[];
}

/** A run after a change. What was found stays as it was, so that nothing else can stop the merge. */
function changed(random: Random, before: readonly DifferenceSite[]): Markers {
  const markers: Markers = { now: [], edits: [] };
  const dropped = before.filter(({ subject }) => subject === before[0]?.subject && SUBJECTS.length > 1);
  const goes = new Set(dropped).size < before.length && random.below(4) === 0;
  for (const site of before) {
    const { subject, claim, terms } = site;
    const claimed = terms.notClaimed === undefined;
    const kind = goes && dropped.includes(site) ? 'gone' : editOf(random, site, claimed);
    const next = kind === null ? site : (EDITS[kind]?.(site, random) ?? null);
    if (next !== null) markers.now.push(next);
    const named = ALLOWABLE.find((each) => each === kind);
    if (named !== undefined && claimed) markers.edits.push({ kind: named, subject, claim });
  }
  return markers;
}

function editOf(random: Random, { claim }: DifferenceSite, claimed: boolean): string | null {
  const kind = pick(random, [
    'withdrawn',
    'exempted',
    'lowered',
    'untouched',
    'none',
    'none',
    'none',
    'none',
  ]);
  if (!claimed || kind === 'none' || (kind === 'lowered' && claim === 'hermetic')) return null;
  return kind;
}

function resultsOf(sites: readonly DifferenceSite[]): Results {
  const cells = sites.flatMap(({ subject, claim, verdict }) =>
    verdict === null ? [] : cell(subject, verdict, { claim, key: null, keyDigest: null }),
  );
  const plan = new Map(sites.map((site) => [cellId(site), site]));
  return madeUp(cells, { plan }).results;
}

interface Options {
  mode: Mode;
  claims: [string, Mode][];
  allow: string[];
  partial: boolean;
  /** Some name is wrong. */
  mistaken: boolean;
}

function optionsOf(
  random: Random,
  { edits }: Markers,
  names: { subjects: string[]; claims: string[] },
): Options {
  const mistake = random.below(4) === 0 ? pick(random, ['claim', 'kind', 'subject', 'allowed claim']) : null;
  const [subject, claim] = [pick(random, names.subjects), pick(random, names.claims)];
  const wrongAllowance: Partial<Record<string, string>> = {
    kind: `${misspelt(random, ALLOWABLE)}:${subject}/${claim}`,
    subject: `gone:${misspelt(random, ['app', 'os'])}/default@linux/amd64/${claim}`,
    'allowed claim': `lowered:${subject}/${misspelt(random, KNOWN.ids)}`,
  };
  const wrong = mistake === null ? undefined : wrongAllowance[mistake];
  const allowed = edits.filter(() => random.below(2) === 0);
  return {
    mode: pick(random, [...MODES, 'block', 'block'] as const),
    claims: [
      ...(random.below(4) === 0 ? [[claim, pick(random, MODES)] satisfies [string, Mode]] : []),
      ...(mistake === 'claim' ? [[misspelt(random, KNOWN.ids), 'block'] satisfies [string, Mode]] : []),
    ],
    allow: [
      ...allowed.map((each) => `${each.kind}:${each.subject}/${each.claim}`),
      ...(wrong === undefined ? [] : [wrong]),
    ],
    partial: random.below(4) === 0,
    mistaken: mistake !== null,
  };
}

/** What is wrong with an answer; null when nothing can be said against it. */
function wrongAnswer(
  result: GateResult,
  { edits, now }: Markers,
  { mode, claims, allow }: Options,
): string | null {
  const modes = new Map(claims);
  const open = edits.filter((each) => !allow.includes(`${each.kind}:${each.subject}/${each.claim}`));
  const blocks = open.some(({ claim }) => (modes.get(claim) ?? mode) === 'block');
  const wanted = blocks ? 1 : 0;
  if (now.length > 0 && result.exitCode !== wanted) return `exit code ${result.exitCode}, and not ${wanted}`;
  for (const { kind, subject, claim } of edits) {
    const found = result.changes.some(
      (each) => each.change === kind && each.subject === subject && each.claim === claim,
    );
    if (!found) return `${kind} ${subject} ${claim} is not reported`;
  }
  const reported = result.changes.filter(({ change }) => ALLOWABLE.some((each) => each === change));
  if (reported.length !== edits.length)
    return `${reported.length} changes of the catalog, and not ${edits.length}`;
  const text = gateText(result, { color: false }).replaceAll('\n', '');
  return /\p{Cc}/u.test(text) ? 'the text is not plain' : null;
}

/** A change that is known, options that are known, and so an answer that is known. */
export function judgeGate(random: Random): Promise<Judged> {
  const before = baselineOf(random);
  const markers = changed(random, before);
  const subjects = [...new Set(before.map(({ subject }) => subject))];
  const options = optionsOf(random, markers, { subjects, claims: CLAIMS });
  const runs = { now: resultsOf(markers.now), baseline: resultsOf(before) };
  try {
    const rules = namedRules({ claims: options.claims, allow: options.allow }, runs, KNOWN.ids);
    if (options.mistaken)
      return Promise.resolve({ compared: true, wrong: 'a name that nobody knows was taken' });
    const result = judge(runs.now, runs.baseline, { ...options, ...rules, maxAge: 30, declared: KNOWN });
    return Promise.resolve({ compared: true, wrong: wrongAnswer(result, markers, options) });
  } catch (error) {
    const usage = error instanceof TwinproofError && error.code === 'usage';
    const wrong = usage && options.mistaken ? null : String(error instanceof Error ? error.stack : error);
    return Promise.resolve({ compared: false, wrong });
  }
}
