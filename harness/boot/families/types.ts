import type { GuestChannel } from '../guest/channel.ts';

/** One of the systems that are installed beside each other. */
export interface Deployment {
  /** Digest of the manifest that it was made from; null when it does not say. */
  image: string | null;
  booted: boolean;
  /** Not in force before the system is shut down. */
  staged: boolean;
}

/** How a family of operating systems that are delivered as images is asked and told. Everything is done in the guest. */
export interface Family {
  id: string;
  /** Digest of the manifest that the running system was made from; empty when it does not say. */
  running(guest: GuestChannel): Promise<string>;
  /** In the order in which a boot loader offers them. */
  deployments(guest: GuestChannel): Promise<Deployment[]>;
  /**
   * Takes the image on the update disk over into the system's own store.
   * @returns why not, in the tools' last words; null when it was done
   */
  fetch(guest: GuestChannel): Promise<string | null>;
  /**
   * The same, from a store in which a byte of something new is another one.
   * @throws TwinproofError `unsupported` when there is nothing new
   */
  fetchChanged(guest: GuestChannel): Promise<string | null>;
  /** Makes what was fetched the next one to start, without touching the running system. */
  stage(guest: GuestChannel): Promise<string | null>;
  /** Checks all that the store holds. @returns what is wrong; null when nothing is */
  check(guest: GuestChannel): Promise<string | null>;
  /**
   * Makes the running system the one that is started from now on, after another one than the first was picked in the
   * boot loader's menu.
   * @returns why not; null when it was done
   */
  keepRunning(guest: GuestChannel): Promise<string | null>;
}
