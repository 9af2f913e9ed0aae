import type { CommandResult } from '../guest/channel.ts';
import type { UnderTest } from './under-test.ts';

/** A system that runs in a virtual machine of its own. */
export interface BootedSystem {
  /** Release of its kernel, as the image has it; null where it does not say. */
  readonly kernel: string | null;
  /**
   * Runs a script with `sh` as root in the guest; one at a time.
   * @param seconds how long it may take on a fast machine; more is allowed on a slow one. 30 when not given
   * @throws TwinproofError `timeout` when it did not end, `guest-unreachable` when the guest does not answer
   */
  run(script: string, seconds?: number): Promise<CommandResult>;
  /**
   * Shuts it down in order and starts it again from what is on its disk then.
   * @throws TwinproofError `timeout` when the host was too slow; see `run` for a system that does not come up again
   */
  restart(): Promise<void>;
  /** All that its console showed since the last start. */
  console(): Buffer;
}

/** What others than claims of this program may do with a system. */
export const bootedSystem = ({ system, about }: Pick<UnderTest, 'system' | 'about'>): BootedSystem => ({
  kernel: about.kernel,
  run: (script, seconds) => system.guest.run(script, seconds),
  restart: async () => {
    await system.restart();
  },
  console: () => system.console,
});
