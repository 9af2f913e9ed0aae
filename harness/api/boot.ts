/// <reference types="node" preserve="true" />
/**
 * `import … from 'twinproof/boot'`: starts an operating system that is delivered as an image (docs/boot.md).
 *
 * @module twinproof/boot
 */
import type { CommandResult } from '../boot/guest/channel.ts';
import type { Accelerator } from '../boot/machine/types.ts';
import { startUnderTest } from '../boot/system/under-test.ts';
import { currentOwner } from '../engine/owner.ts';
import { connectEngine } from '../engine/connect.ts';
import { ownerIsDead, sweep } from '../engine/sweep.ts';
import type { OciImage } from '../oci/types.ts';

export type { Accelerator, CommandResult };

/** How a machine is started. */
export interface BootOptions {
  /** `kvm`, `tcg` (emulated, many times slower), or what this host can do; `auto` when not given. */
  accelerator?: Accelerator | 'auto';
  /** Is told what is being done, a line each. */
  onStep?: (step: string) => void;
}

/** A system that runs in a virtual machine of its own. `await using` ends it. */
export interface BootedSystem extends AsyncDisposable {
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

let started = 0;

/**
 * Puts an image on a disk and starts it. Needs a container engine and QEMU; `twinproof doctor` says what is missing. A system
 * that does not come up is no error here: `run` throws.
 * @param image of `openImage`; close it after the system
 * @throws TwinproofError `unsupported` when it is no operating system that can be put on a disk here
 */
export async function bootImage(image: OciImage, options: BootOptions = {}): Promise<BootedSystem> {
  const engine = await connectEngine();
  await sweep(engine, ownerIsDead);
  const owner = currentOwner(`boot-${process.pid}-${(started += 1)}`);
  const under = await startUnderTest(engine, owner, {
    image,
    accelerator: options.accelerator ?? 'auto',
    update: null,
    badUpdates: false,
    olderRelease: false,
    onStep: options.onStep ?? (() => undefined),
  });
  const { system, about } = under;
  return {
    kernel: about.kernel,
    run: (script, seconds) => system.guest.run(script, seconds),
    restart: async () => {
      await system.restart();
    },
    console: () => system.console,
    [Symbol.asyncDispose]: () => under[Symbol.asyncDispose](),
  };
}
