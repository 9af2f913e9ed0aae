import { type Identity, askIdentity } from '../update/identity.ts';
import type { System } from './system.ts';

/** Another machine, which came up from a copy of the disk as that was before its first start. */
interface Second {
  system: System;
  /** What systemd said when it was up. */
  state: string | null;
  /** What it was then. */
  identity: Identity;
}

/** A second machine that is started when it is first asked for, once for all who ask. Leaving its scope ends it. */
export class SecondMachine implements AsyncDisposable {
  readonly #of: System;
  #started: Promise<Second> | undefined;

  constructor(of: System) {
    this.#of = of;
  }

  /** @throws TwinproofError `guest-unreachable` when it does not come up */
  readonly get = (): Promise<Second> => (this.#started ??= this.#start());

  async #start(): Promise<Second> {
    const system = await this.#of.clone();
    try {
      const { state } = await system.boot();
      return { system, state, identity: await askIdentity(system.guest) };
    } catch (error) {
      await system[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const second = await this.#started?.catch(() => undefined);
    await second?.system[Symbol.asyncDispose]();
  }
}
