import type { DowngradePolicy } from '../families/types.ts';
import type { Family } from '../families/types.ts';
import { outcomeOf } from '../system/outcome.ts';
import type { System } from '../system/system.ts';
import { type Offered, afterOffer, refusalFaults } from './offered.ts';

/** Name of the older release on the update disk. */
export const OLDER = 'older';

/** An older release that was offered. */
export interface Downgrade extends Offered {
  /** After a start, where it was to be taken, and was; null otherwise. */
  started: { running: string; state: string | null; reason: string | null } | null;
}

/** What it is judged by. */
export interface Expected {
  policy: DowngradePolicy;
  /** Manifests of what ran before, and of the older release. */
  from: string;
  older: string;
  /** What systemd said before. */
  state: string | null;
  /** In the tools' words when the age is why they refuse. */
  tooOld: RegExp;
}

/** Offers it to a system that runs, as any release is. */
export async function offerOlder(system: System, family: Family): Promise<Downgrade> {
  const { guest } = system;
  system.note('offered', 'an older release');
  const refused = (await family.fetch(guest, OLDER)) ?? (await family.stage(guest));
  return { ...(await afterOffer(guest, family, refused)), started: null };
}

/** The same, and starts it when it was taken. */
export async function offerAndStart(system: System, family: Family): Promise<Downgrade> {
  const offered = await offerOlder(system, family);
  if (offered.refused !== null) return offered;
  const { reason, state } = await outcomeOf(system.restart());
  const running = reason === null ? await family.running(system.guest) : '';
  return { ...offered, started: { running, state, reason } };
}

/** What did not go as the policy says; one line each. */
export function downgradeFaults(result: Downgrade, expected: Expected): string[] {
  const { refused, started } = result;
  const { policy, from, older, state, tooOld } = expected;
  if (policy === 'refused') {
    const faults = refusalFaults(result, { from, taken: 'an older release was taken' });
    const other = refused !== null && !tooOld.test(refused);
    return other ? [`it was refused, but not for its age: ${refused}`, ...faults] : faults;
  }
  if (refused !== null || started === null) return [`an older release was refused: ${refused ?? ''}`];
  if (started.reason !== null) return [`the older release does not start: ${started.reason}`];
  return [
    ...(started.running === older
      ? []
      : [`after it was taken, it says that it runs ${started.running || 'nothing'}`]),
    ...(started.state === state ? [] : [`after it was taken, systemd says ${started.state ?? 'nothing'}`]),
  ];
}
