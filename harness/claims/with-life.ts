import type { Life } from '../boot/system/life.ts';
import type { Finding, SystemContext } from './types.ts';

/** How many events of it have been recorded with a claim. */
const told = new WeakMap<Life, number>();

/**
 * Checks a claim, and adds to what it found what happened to the machines of its subject since the claim before: each event
 * is reported once, so that all claims together have the whole life.
 * @param check ends in a finding whatever happens
 */
export async function withLife<Context extends Pick<SystemContext, 'system'>, Found extends Finding>(
  context: Context,
  check: (context: Context) => Promise<Found>,
): Promise<Found> {
  const seen: Life[] = [];
  const system: SystemContext['system'] = async () => {
    const under = await context.system();
    seen.push(under.system.life);
    return under;
  };
  const finding = await check({ ...context, system });
  const [life] = seen;
  if (life === undefined) return finding;
  const events = life.events.slice(told.get(life) ?? 0);
  told.set(life, life.events.length);
  if (events.length === 0) return finding;
  return { ...finding, detail: { ...finding.detail, life: events.map((event) => ({ ...event })) } };
}
