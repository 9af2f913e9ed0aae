import { readFile, readdir } from 'node:fs/promises';
import type { Owner } from '../../engine/owner.ts';
import { TwinproofError } from '../../errors.ts';
import { PROBE_LIMIT, type Proved, proveAccelerator, slownessOf } from './accelerator.ts';

/** A moment of a machine: from it on, it is told how slow the host is. */
export interface Moment {
  at: number;
  waited: number;
}

/** Times slower than allowed for from which on the host, and not the guest, may be why a limit of time expired. */
const TOO_SLOW = 1.5;

/**
 * How slow the host is for one machine: by how long its processors had to wait for one of the host's, and by the loop that
 * proved the accelerator, which is run again when something was late.
 */
export class HostPace {
  readonly proved: Proved;
  readonly #owner: Owner;
  readonly #pid: number | undefined;

  constructor(owner: Owner, proved: Proved, pid: number | undefined) {
    this.#owner = owner;
    this.proved = proved;
    this.#pid = pid;
  }

  async now(): Promise<Moment> {
    return { at: Date.now(), waited: await longestWait(this.#pid) };
  }

  /**
   * Why a limit of time that expired since then says nothing of the guest; null when it does.
   * @param allowed times slower than the machine that limits are made for, as the limit allowed for; 1 for the guest's own
   */
  async tooSlowSince(from: Moment, allowed: number): Promise<string | null> {
    const to = await this.now();
    const loops = [this.proved.seconds, await this.#loopNow()];
    return tooSlow(Math.max(...loops.map(slownessOf), stretch(from, to)), allowed);
  }

  /** Seconds that the probe's loop takes. */
  async #loopNow(): Promise<number> {
    const { accelerator, architecture } = this.proved;
    try {
      return (await proveAccelerator(this.#owner, accelerator, architecture)).seconds;
    } catch (error) {
      // It ran before, and does not come to its end now.
      if (error instanceof TwinproofError && error.code === 'unsupported') return PROBE_LIMIT / 1000;
      throw error;
    }
  }
}

/** How many times longer everything took because of waiting. */
export function stretch(from: Moment, to: Moment): number {
  const wall = Math.max(to.at - from.at, 1);
  const waited = Math.min(Math.max(to.waited - from.waited, 0), wall * 0.99);
  return wall / (wall - waited);
}

/** @param slowness times slower than the machine that limits are made for */
export function tooSlow(slowness: number, allowed: number): string | null {
  if (slowness < allowed * TOO_SLOW) return null;
  const limit = allowed === 1 ? '' : `, and the limit allowed for ${allowed.toFixed(1)} times`;
  return `the host was ${slowness.toFixed(1)} times slower than limits are made for${limit}`;
}

/**
 * Milliseconds that the thread which had to wait longest for a processor has waited by now; 0 where the kernel does not say.
 * Source: Linux, Documentation/scheduler/sched-stats.rst, "/proc/<pid>/schedstat".
 */
async function longestWait(pid: number | undefined): Promise<number> {
  const folder = `/proc/${pid ?? 'none'}/task`;
  const threads = await readdir(folder).catch(() => []);
  const waits = await Promise.all(
    threads.map((thread) => readFile(`${folder}/${thread}/schedstat`, 'utf8').then(waitIn, () => 0)),
  );
  return Math.max(0, ...waits);
}

/** `ran waited slices`, the times in nanoseconds. */
export const waitIn = (schedstat: string): number => (Number(schedstat.split(' ')[1]) || 0) / 1e6;
