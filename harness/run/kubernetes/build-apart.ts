import type { Subject } from '../../catalog/types.ts';
import { type BuildAttempt, jobName } from '../../kubernetes/job.ts';
import type { PodState } from '../../kubernetes/pod-state.ts';
import type { Evidence } from '../../record/events.ts';
import type { EvidenceStore } from '../../record/evidence.ts';
import type { Message } from '../messages.ts';
import { ErrorWithEvidence } from '../with-evidence.ts';
import { type AttemptWork, type Ended, runAttempt } from './attempt.ts';
import type { Accepted, Places } from './places.ts';

/** Attempts at one twin. */
const MOST = 3;

export interface ApartWork extends Omit<AttemptWork, 'onState'> {
  subject: Pick<Subject, 'id'>;
  places: Places;
  evidence: Pick<EvidenceStore, 'addBytes'>;
  attempts: (twin: string, attempt: number, notOn: string[] | null) => BuildAttempt;
  send: (message: Message) => void;
}

/**
 * Builds all twins, each where no other of them is or was. An attempt that the cluster lost is made again elsewhere.
 * @throws ErrorWithEvidence unplaceable, pod-failed with the log of the last pod
 */
export async function buildApart(twins: readonly string[], work: ApartWork): Promise<Accepted[]> {
  const all = twins.map(async (twin, index) => {
    const before = twins[index - 1];
    // One after the other is given a node, so that each can be told where the others are.
    if (before !== undefined) await work.places.placed(before);
    try {
      return await buildOne(twin, work);
    } finally {
      work.places.ended(twin);
    }
  });
  const settled = await Promise.allSettled(all);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function buildOne(twin: string, work: ApartWork): Promise<Accepted> {
  const { places } = work;
  const failures: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const build = work.attempts(twin, attempt, places.notFor(twin));
    places.jobs.push(jobName(build));
    const ended = await runAttempt(build, { ...work, onState: (state) => follow(state, build, work) });
    const failed = ended.is === 'failed' ? ended : met(ended, twin, places);
    if (failed === null && ended.is === 'succeeded') return { twin, node: ended.node, name: ended.said };
    if (failed === null) continue;
    places.set(twin, null);
    failures.push(tell(failed, build));
    await work.cluster.deleteJob(jobName(build));
    if (failed.lasting || attempt === MOST) throw await given(failed, { twin, failures }, work);
    const text = `${work.subject.id} ${failures.at(-1) ?? ''}; built again`;
    work.send({ type: 'note', level: 'warning', text });
  }
}

type Failed = Extract<Ended, { is: 'failed' }>;

/** Pods that have ended do not keep others away: where two met all the same, one is built again. */
function met(ended: Extract<Ended, { is: 'succeeded' }>, twin: string, places: Places): Failed | null {
  const { node, said } = ended;
  const other = places.metOn(node, twin);
  const failed = { is: 'failed', node, lasting: false, log: '' } as const;
  if (other !== null) return { ...failed, reason: 'SameNode', message: `twin ${other} was built there, too` };
  if (/@sha256:[0-9a-f]{64}$/.test(said)) return null;
  return { ...failed, reason: 'NoResult', message: 'the pod ended without naming what it built' };
}

function follow(state: PodState, { twin, attempt }: BuildAttempt, { places, subject, send }: ApartWork) {
  const node = state.is === 'running' || state.is === 'succeeded' ? state.node : null;
  const where = node === null ? 'waits for a node' : `on ${node}`;
  const again = attempt === 1 ? '' : `, attempt ${attempt}`;
  if (node !== null && places.metOn(node, twin) === null) places.set(twin, node);
  send({ type: 'step', subject: subject.id, step: `building ${twin} ${where}${again}` });
}

const tell = ({ node, reason, message }: Failed, { twin, attempt }: BuildAttempt): string =>
  `twin ${twin}, attempt ${attempt}${node === null ? '' : ` on ${node}`}: ${reason}${message === '' ? '' : `: ${message}`}`;

async function given(
  { reason, log }: Failed,
  { twin, failures }: { twin: string; failures: readonly string[] },
  { evidence, settings }: ApartWork,
): Promise<ErrorWithEvidence> {
  const kept: Evidence[] = [
    await evidence.addBytes(`pod log ${twin}`, Buffer.from(`${failures.join('\n')}\n\n${log}`), 'text/plain'),
  ];
  const last = failures.at(-1) ?? '';
  if (reason === 'Unplaceable') {
    return new ErrorWithEvidence('unplaceable', `within ${settings.deadline} s no node was found: ${last}`, {
      hint: 'add a node of that architecture, or allow one node for both twins with --placement same-host',
      evidence: kept,
    });
  }
  return new ErrorWithEvidence('pod-failed', last, {
    hint: HINTS[reason] ?? 'see the pod log',
    evidence: kept,
  });
}

const HINTS: Record<string, string> = {
  OOMKilled: 'raise limits.memory or limits.scratch of the subject',
  ImagePull:
    'see that every node can pull --runner-image, and name a --registry-secret where it asks for one',
  DeadlineExceeded: 'raise limits.time of the subject',
  Evicted: 'see what the nodes run out of',
};
