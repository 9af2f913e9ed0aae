import type { GuestChannel } from '../guest/channel.ts';
import { HUNG } from '../families/scripts.ts';
import type { Family } from '../families/types.ts';

/** What became of a release that was offered to a system. */
export interface Offered {
  /** Why it was not taken, in the tools' words; null when it was. */
  refused: string | null;
  /** Manifests of what runs, and of all that can be started, after that. */
  running: string;
  deployments: string[];
}

/** What a system is after it took or refused a release. */
export async function afterOffer(
  guest: GuestChannel,
  family: Family,
  refused: string | null,
): Promise<Offered> {
  const running = await family.running(guest);
  const deployments = (await family.deployments(guest)).map(({ image }) => image ?? 'unknown');
  return { refused, running, deployments };
}

/**
 * What must not be after a release that is to be refused; one line each.
 * @param taken what is said when it was not
 */
export function refusalFaults(
  { refused, running, deployments }: Offered,
  { from, taken }: { from: string; taken: string },
): string[] {
  return [
    ...(refused === null ? [taken] : []),
    ...(refused === HUNG ? [`it was neither taken nor refused: ${HUNG}`] : []),
    ...(running === from ? [] : [`it says that it runs ${running}`]),
    ...(deployments.join() === from ? [] : ['there are other systems to start than before']),
  ];
}

/**
 * What is wrong with why a release was refused; nothing where it was taken.
 * @param why what a tool says when it refuses it for what is bad in it; null where that is not known
 * @param what the release
 */
export function reasonFaults({ refused }: Offered, why: RegExp | null, what: string): string[] {
  if (refused === null || refused === HUNG || why === null || why.test(refused)) return [];
  return [`${what} was refused, but not for that: ${refused}`];
}
