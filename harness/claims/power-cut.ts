import { cutPower } from '../boot/power/power-cuts.ts';
import type { Outcome } from '../boot/power/try-cut.ts';
import { needMenu, ownTools, undecidedStore, updateOf, updaterOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/**
 * Whenever the power is cut during an update, the old or the new release runs afterwards, whole and with the state that it
 * had, and where it is the new one, the rollback is there.
 */
export const powerCut: SystemClaim = {
  id: 'power-cut',
  scenario: 'power-cut',
  statement: 'runs the old or the new release after a power cut',
  passes:
    'whenever the power is cut while a release is fetched, staged, finalised, switched to or first started, the old or the new release runs afterwards, with its state, its store and its file systems whole ([power cuts](boot-power-cuts.md)). It takes long',
  releases: ['next'],
  long: true,
  check,
};

/** Cuts that are reported one by one. */
const MOST_TOLD = 3;

async function check(context: SystemContext): Promise<Finding> {
  const { under, scenario, guest } = await updateOf(context);
  // In what order a release is written is what a cut tries.
  ownTools(scenario);
  await needMenu(under);
  const by = await updaterOf(under, guest);
  const { from, to } = scenario;
  const { count, seed } = context.powerCuts;
  const { phases, outcomes } = await cutPower(under.system, scenario, {
    count,
    seed,
    onStep: context.onStep,
  });
  const table = outcomes.map((outcome) => line(outcome, { from, to })).join('');
  const bad = outcomes.filter(({ faults }) => faults.length > 0);
  const other = by.faults[0] ?? null;
  const evidence = [await context.evidence.addText('power cuts', table, 'text/plain')];
  for (const { done, console } of bad.slice(0, MOST_TOLD))
    evidence.push(await context.evidence.addText(`console after write ${done}`, console, 'text/plain'));
  const untried = phases.filter(({ name }) => outcomes.every(({ phase }) => phase !== name));
  const detail = {
    updater: by.updater,
    from,
    to,
    seed,
    writes: phases.map(({ name, from: first, to: end }) => ({ phase: name, writes: end - first })),
    untried: untried.map(({ name }) => name),
    cuts: outcomes.map(({ phase, start, done, seed: own, lost, running, faults }) => {
      return { phase, start, done, seed: own, lost, running, faults };
    }),
  };
  if (other !== null) return { verdict: 'fail', summary: other, detail, evidence };
  if (bad.length > 0) {
    const reported = bad
      .slice(0, MOST_TOLD)
      .map(({ phase, done, faults }) => `${phase}, write ${done}: ${faults.join('; ')}`);
    const summary = firstWords(`${bad.length} of ${outcomes.length} cuts; ${reported.join('; ')}`, 400);
    return { verdict: 'fail', summary, detail, evidence };
  }
  const unread = outcomes.find((outcome) => outcome.unread !== null)?.unread;
  if (typeof unread === 'string') return { ...undecidedStore(unread), detail, evidence };
  const lost = outcomes.filter((outcome) => outcome.lost > 0).length;
  const news = outcomes.filter(({ running }) => running === to).length;
  const summary = `${outcomes.length} cuts, ${lost} of them with writes lost: the old release ran ${outcomes.length - news} times, the new one ${news}`;
  return { verdict: 'pass', summary, detail, evidence };
}

function line(
  { phase, done, lost, seed, running, faults }: Outcome,
  { from, to }: { from: string; to: string },
): string {
  const release = running === from ? 'old' : running === to ? 'new' : 'neither';
  return `${[phase, `write ${done}`, `lost ${lost}`, `seed ${seed}`, release, faults.join('; ') || 'whole'].join('\t')}\n`;
}
