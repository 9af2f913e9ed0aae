import type { FamilyId } from '../disk/operating-system.ts';
import type { GuestChannel } from '../guest/channel.ts';
import type { CommandLine } from './command-line.ts';

/** One of the systems that are installed beside each other. */
export interface Deployment {
  /** What the boot loader's entry is called, or the family's own tools call it. */
  name: string;
  /** Digest of the manifest that it was made from; null when it does not say. */
  image: string | null;
  booted: boolean;
  /** Not started yet. */
  staged: boolean;
}

/** What can become of a release that is older than the one that runs. */
export const DOWNGRADE_POLICIES = ['refused', 'allowed'] as const;
export type DowngradePolicy = (typeof DOWNGRADE_POLICIES)[number];

/** What tells one release from a later one; `digest` tells only that they differ. */
export type Age = 'time' | 'version' | 'digest';

/** Who signs a release that must not be taken. */
export type WrongSigner = 'nobody' | 'stranger';

/** How an image's own tools look at who signed a release. */
export interface SignedReleases {
  /** In their words when that is why they refuse it. */
  why: RegExp;
  /** Offers the next release, well-formed but for who signed it. @returns why it was not taken; null when it was */
  offer(guest: GuestChannel, by: WrongSigner): Promise<string | null>;
}

/** What an image's own tools make of a release that is not as it should be. */
export interface UpdateTools {
  /**
   * By what they tell that a release is older than what runs, what they are documented to do then, and what they say when they
   * refuse it.
   */
  downgrade: { by: Age; policy: DowngradePolicy; tooOld: RegExp };
  /** Null where releases of any signer cannot be offered here. */
  signed: SignedReleases | null;
  /**
   * In their words when a change is why they refuse a release; null where these are not known.
   */
  changed: RegExp | null;
  /**
   * Takes a release over like `fetch`, from a store in which a byte of something new is another one.
   * @throws TwinproofError `unsupported` when there is nothing new, or nobody knows what of it is read
   */
  fetchChanged(guest: GuestChannel): Promise<string | null>;
}

/** How a family of operating systems that are delivered as images is asked and told. Everything is done in the guest. */
export interface Family {
  id: FamilyId | 'bootc' | 'sysupdate';
  /** Program that takes its updates, a path without a leading slash; null where nothing does. */
  updater: string | null;
  /** How a user goes back to the previous release, for people. */
  rollback: string;
  /** Folder below /usr with what an image has in /etc, where there is one. */
  defaults: 'usr/etc/' | null;
  /** Null where an update leaves the kernel's command line as it is. */
  commandLine: CommandLine | null;
  /** Why nothing leaves a release by itself that does not come up; null where the boot loader counts tries. */
  noFallBack: string | null;
  /** Folder on the file system that an update needs room on. */
  room: string;
  /** Null where no tool of the image takes or refuses an update. */
  tools: UpdateTools | null;
  /** Digest of the manifest that the running system was made from; empty when it does not say. */
  running(guest: GuestChannel): Promise<string>;
  /** In the order in which a boot loader offers them. */
  deployments(guest: GuestChannel): Promise<Deployment[]>;
  /**
   * Takes the image on the update disk over into the system's own store.
   * @param release name of one of several
   * @returns why not, in the tools' last words; null when it was done
   */
  fetch(guest: GuestChannel, release?: string): Promise<string | null>;
  /** Makes what was fetched the next one to start, without touching the running system. */
  stage(guest: GuestChannel): Promise<string | null>;
  /**
   * Reads all that the store holds back, and checks it.
   * @returns what is wrong; null when nothing is
   * @throws TwinproofError `unsupported` when it cannot be read back
   */
  check(guest: GuestChannel): Promise<string | null>;
  /**
   * Makes the previous release the next one to start. Null where no command does that, and it is picked in the boot
   * loader's menu.
   * @returns why not; null when it was done
   */
  goBack: ((guest: GuestChannel) => Promise<string | null>) | null;
  /**
   * Makes the running system, the previous release, the one that is started from now on, where it was only picked in the
   * boot loader's menu.
   * @returns why not; null when it was done
   */
  keepRunning(guest: GuestChannel): Promise<string | null>;
}
