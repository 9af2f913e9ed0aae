/// <reference types="node" preserve="true" />
/**
 * `import … from 'twinproof/boot'`: starts an operating system that is delivered as an image (docs/boot.md).
 *
 * @module twinproof/boot
 */
import type { CommandResult } from '../boot/guest/channel.ts';
import type { Accelerator } from '../boot/machine/types.ts';
import { type BootedSystem, bootedSystem } from '../boot/system/booted.ts';
import { startUnderTest } from '../boot/system/under-test.ts';
import { currentOwner } from '../engine/owner.ts';
import { connectEngine } from '../engine/connect.ts';
import { ownerIsDead, sweep } from '../engine/sweep.ts';
import type { OciImage } from '../oci/types.ts';

export type { Accelerator, BootedSystem, CommandResult };

/** How a machine is started. */
export interface BootOptions {
  /** `kvm`, `tcg` (emulated, many times slower), or what this host can do; `auto` when not given. */
  accelerator?: Accelerator | 'auto';
  /** Called with what is being done, a line each. */
  onStep?: (step: string) => void;
}

let started = 0;

/**
 * Puts an image on a disk and starts it; `await using` ends it. Needs a container engine and QEMU; `twinproof doctor` says what is missing. A system
 * that does not come up is no error here: `run` throws.
 * @param image of `openImage`; close it after the system
 * @throws TwinproofError `unsupported` when it is no operating system that can be put on a disk here
 */
export async function bootImage(
  image: OciImage,
  options: BootOptions = {},
): Promise<BootedSystem & AsyncDisposable> {
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
  return { ...bootedSystem(under), [Symbol.asyncDispose]: () => under[Symbol.asyncDispose]() };
}
