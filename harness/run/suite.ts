import type { TestContext } from 'vitest';
import type { CellResult } from '../record/events.ts';
import { MESSAGE } from './messages.ts';
import { Session } from './session.ts';
import { SubjectRun, type TwinSource } from './subject-run.ts';
import type { Message } from './messages.ts';
import type { RunInput } from './types.ts';
import { CLAIMS } from '../claims/registry.ts';
import type { Claim } from '../claims/types.ts';
import { releaseTests } from '../suites/as-claim.ts';
import type { Registry } from '../model/registry.ts';

/** The run of one subject, begun by the first of its tests. */
export interface SubjectResults {
  begin: (context: TestContext) => Promise<Map<string, CellResult>>;
}

/** @param claims all that can be claimed; those of this program unless given */
export const openSession = (input: RunInput, claims: Registry<Claim> = CLAIMS): Promise<Session> =>
  Session.open(input, { claims });

export function runSubject(session: Promise<Session>, id: string, claims: string[]): SubjectResults {
  let running: Promise<Map<string, CellResult>> | undefined;
  return {
    begin: (context) => {
      running ??= start(session, id, claims, context);
      return running;
    },
  };
}

async function start(
  opening: Promise<Session>,
  id: string,
  claims: string[],
  context: TestContext,
): Promise<Map<string, CellResult>> {
  try {
    const session = await opening;
    context.signal.addEventListener('abort', () => session.stop());
    return await resultsOf(session, id, claims, context);
  } finally {
    // Whatever became of it: none of them may wait for ever.
    releaseTests(claims, id);
  }
}

async function resultsOf(
  session: Session,
  id: string,
  claims: string[],
  context: TestContext,
): Promise<Map<string, CellResult>> {
  const subject = session.input.catalog.subjects.find((candidate) => candidate.id === id);
  if (subject === undefined) throw new Error(`no subject ${id}`);
  const sent: Promise<unknown>[] = [];
  const send = (message: Message): void => {
    sent.push(post(context, message));
  };
  const twins = await twinsElsewhere(session);
  const elsewhere = twins === undefined ? {} : { twins };
  const results = await new SubjectRun(session, { subject, claims, send, ...elsewhere }).results();
  await Promise.all(sent);
  return results;
}

/** Reports one cell and makes the Vitest test end as the verdict says. */
export async function settle(context: TestContext, results: SubjectResults, claim: string): Promise<void> {
  const result = (await results.begin(context)).get(claim);
  if (result === undefined) throw new Error(`no result for ${claim}`);
  await post(context, result);
  switch (result.verdict) {
    case 'pass':
    case 'waived':
      return;
    case 'skipped':
      context.skip(result.summary);
      return;
    case 'fail':
    case 'error':
      throw new CellFailure(result);
  }
}

/** What Vitest reports for a cell that is not a pass; the stack would say nothing about the subject. */
class CellFailure extends Error {
  constructor({ verdict, error, summary }: CellResult) {
    super(`${verdict}${error === undefined ? '' : ` ${error.code}`}: ${summary}`);
    this.name = 'CellFailure';
    this.stack = this.message;
  }
}

const post = (context: TestContext, message: Message): Promise<unknown> =>
  context.annotate(JSON.stringify(message), MESSAGE);

const clusters = new WeakMap<Session, Promise<TwinSource>>();

/** One for all subjects of a session; a cluster's client is only loaded where there is one. */
function twinsElsewhere(session: Session): Promise<TwinSource> | undefined {
  const { cluster } = session.input;
  if (cluster === undefined) return undefined;
  const known = clusters.get(session);
  if (known !== undefined) return known;
  const made = import('./kubernetes/cluster-twins.ts').then(
    ({ ClusterTwins }) => new ClusterTwins(session, cluster).source,
  );
  clusters.set(session, made);
  return made;
}
