import { randomBytes } from 'node:crypto';
import { TwinproofError } from '../../errors.ts';
import type { Deployment, Family } from '../families/types.ts';
import type { System } from '../system/system.ts';
import { type RolledBack, goBack } from './rollback.ts';

/** What can be determined of a system about which nothing is known beforehand. */
export interface Glance {
  /** Of the deployment that runs: the digest of its image, or the name that its family has for it. */
  running: string;
  /** What systemd says. */
  state: string | null;
  /** What was written to /var, and to the /etc of the system that one goes back from; empty when it is not there. */
  inVar: string;
  inEtc: string;
}

/** The rollback on a disk that has been updated before it came here. */
export interface Rollback {
  before: Glance;
  /** The previous release, named like what runs. */
  previous: string;
  back: RolledBack<Glance>;
}

const IN_VAR = '/var/lib/before-way-back';
const IN_ETC = '/etc/before-way-back.conf';

/**
 * Goes back from what runs to the release before it.
 * @throws TwinproofError `unsupported` when the disk has no such release, or no way to it that can be gone here
 */
export async function goBackToPrevious(system: System, family: Family): Promise<Rollback> {
  const listed = await family.deployments(system.guest);
  const previous = previousOf(listed);
  if (family.goBack === null && (await system.entries()).length < 2)
    throw new TwinproofError(
      'unsupported',
      'the menu of the boot loader on the disk cannot be used from here',
    );
  const mark = randomBytes(8).toString('hex');
  await system.guest.read(`set -e\necho ${mark} > ${IN_VAR}\necho ${mark} > ${IN_ETC}`);
  const look = (): Promise<Glance> => glance(system, family);
  const before = await look();
  return { before, previous: nameOf(previous), back: await goBack(system, family, look) };
}

/** The one that the boot loader offers after what runs. */
export function previousOf(listed: Deployment[]): Deployment {
  const [first, second] = listed;
  if (first === undefined || second === undefined)
    throw new TwinproofError('unsupported', 'there is no previous release on the disk');
  if (!first.booted)
    throw new TwinproofError(
      'unsupported',
      'what runs is not what the next start takes: an update was begun',
    );
  return second;
}

const nameOf = ({ image, name }: Deployment): string => image ?? name;

async function glance({ guest, last }: System, family: Family): Promise<Glance> {
  const booted = (await family.deployments(guest)).find((one) => one.booted);
  const text = async (path: string): Promise<string> =>
    (await guest.run(`cat ${path}`)).stdout.toString('utf8').trim().slice(0, 100);
  return {
    running: booted === undefined ? '' : nameOf(booted),
    state: last.state,
    inVar: await text(IN_VAR),
    inEtc: await text(IN_ETC),
  };
}

/** What it did not bring back; one line each. */
export function previousFaults({ before, previous, back }: Rollback): string[] {
  const { picked, kept, refused, unreachable } = back;
  if (picked === null) return [`the previous release does not start: ${unreachable ?? refused ?? ''}`];
  const first = glanceFaults(picked, { before, previous }).map((fault) => `at first: ${fault}`);
  if (refused !== null) return [...first, `it cannot be kept: ${refused}`];
  if (kept === null) return [...first, `it did not start again: ${unreachable ?? ''}`];
  return [...first, ...glanceFaults(kept, { before, previous }).map((fault) => `then: ${fault}`)];
}

/** It comes with its own /etc; /var is the one that all share. */
function glanceFaults(found: Glance, { before, previous }: Pick<Rollback, 'before' | 'previous'>): string[] {
  return [
    ...(found.running === previous ? [] : [`it says that it runs ${found.running || 'nothing'}`]),
    ...(found.state === before.state ? [] : [`systemd says ${found.state ?? 'nothing'}`]),
    ...(found.inVar === before.inVar && found.inVar !== '' ? [] : [`${IN_VAR} is lost`]),
    ...(found.inEtc === '' ? [] : [`${IN_ETC} of the other system is there`]),
  ];
}
