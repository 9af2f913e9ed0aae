import { stripVTControlCharacters } from 'node:util';
import { CELL_ERROR_CODES } from '../errors.ts';
import type { Finding } from '../claims/types.ts';
import type { CellError } from '../record/events.ts';
import type { EvidenceStore } from '../record/evidence.ts';
import { limited } from '../report/limit.ts';
import { placeOf } from './place.ts';
import type { Ended, SuiteTest } from './tests.ts';

/** Characters of one summary, and of what one test says. */
const SUMMARY = 300;
const MESSAGE = 50_000;

interface Told {
  title: string;
  /** Where it went wrong; the test itself where that is not known. */
  place: string;
  outcome: 'pass' | 'fail' | 'error' | 'skipped';
  message: string;
  error: CellError | null;
}

/**
 * What the tests of one claim about one subject come to. One assertion that failed is a failure; what threw anything else, or
 * was not run, leaves it open. Only where all have passed does it hold.
 */
export async function findingOf(
  all: readonly { test: SuiteTest; ended: Ended }[],
  evidence: EvidenceStore,
): Promise<Finding> {
  const reported = all.map(({ test, ended }) => toldOf(test, ended));
  const detail = {
    tests: reported.map(({ title, place, outcome, message }) => ({
      ...{ title, place, outcome },
      ...(message === '' ? {} : { message: limited(firstLine(message), SUMMARY) }),
    })),
  };
  const worst = (['fail', 'error', 'skipped'] as const).flatMap(
    (outcome) => reported.find((one) => one.outcome === outcome) ?? [],
  )[0];
  if (worst === undefined) {
    const count = `${reported.length} test${reported.length === 1 ? '' : 's'}`;
    return { verdict: 'pass', summary: `${count} passed`, detail, evidence: [] };
  }
  const text = reported.filter(({ message }) => message !== '').map(textOf);
  const base = {
    summary: summaryOf(worst),
    detail,
    evidence: [await evidence.addText('what the tests say', text.join('\n'), 'text/plain')],
  };
  if (worst.outcome === 'fail') return { ...base, verdict: 'fail' };
  if (worst.outcome === 'skipped') return { ...base, verdict: 'skipped' };
  const { code, hint } = worst.error ?? { code: 'suite-failed' as const };
  const error = { code, message: base.summary, ...(hint === undefined ? {} : { hint }) };
  return { ...base, verdict: 'error', error };
}

const textOf = ({ place, title, message }: Told): string => `${place}: ${title}\n${message}\n`;

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

function summaryOf({ place, message }: Told): string {
  const lines = message.split('\n').map((line) => line.trim());
  return limited(`${place}: ${lines.filter((line) => line !== '').join(' ')}`, SUMMARY);
}

function toldOf({ title, place, root }: SuiteTest, { state, note, errors }: Ended): Told {
  const of = (outcome: Told['outcome'], message: string): Told => ({
    ...{ title, place, outcome, error: null },
    message: limited(message, MESSAGE),
  });
  if (state === 'pass') return of('pass', '');
  if (state === 'skip') return of('skipped', note === '' ? 'the test is skipped' : note);
  const failed = errors.find(isAssertion) ?? errors[0];
  const reported = of(errors.some(isAssertion) ? 'fail' : 'error', messageOf(failed));
  const at = placeOf(stackOf(failed), root) ?? place;
  return { ...reported, place: at, error: reported.outcome === 'error' ? errorOf(failed) : null };
}

interface Thrown {
  name?: unknown;
  message?: unknown;
  stack?: unknown;
  diff?: unknown;
}

/** Vitest keeps what was thrown as plain data. */
const thrown = (error: unknown): Thrown =>
  typeof error === 'object' && error !== null ? error : { message: String(error) };

/** What `expect` throws, its own assertions and added ones alike; and Node's assert. */
const isAssertion = (error: unknown): boolean =>
  thrown(error).name === 'AssertionError' || '__vitest_error_context__' in thrown(error);

const stackOf = (error: unknown): string => {
  const { stack } = thrown(error);
  return typeof stack === 'string' ? stripVTControlCharacters(stack) : '';
};

function messageOf(error: unknown): string {
  const { name, message, diff } = thrown(error);
  const plain = isAssertion(error) || isOwn(error) || typeof name !== 'string';
  const named = plain ? '' : `${name}: `;
  const text = typeof message === 'string' ? message : 'something was thrown that is no error';
  const more = typeof diff === 'string' ? `\n${diff}` : '';
  return stripVTControlCharacters(`${named}${text}${more}`);
}

/** The code of an error of this program's own, which Vitest has taken its class from; what else is thrown is the suite's. */
function errorOf(error: unknown): CellError {
  const { code, hint } = thrown(error) as Thrown & { code?: unknown; hint?: unknown };
  const message = messageOf(error);
  const own = isOwn(error) && code !== 'internal' && CELL_ERROR_CODES.find((known) => known === code);
  const details = typeof hint === 'string' ? { hint } : {};
  return { code: own === false || own === undefined ? 'suite-failed' : own, message, ...details };
}

const isOwn = (error: unknown): boolean => thrown(error).name === 'TwinproofError';
