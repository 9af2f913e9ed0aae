import { TwinproofError } from '../../errors.ts';
import { NETWORK } from './arguments.ts';
import type { QmpClient } from './qmp.ts';

/**
 * A port of this host, for this host alone, that leads to one of the guest's for as long as its scope lasts. The guest must
 * have taken the address that QEMU's network gives first. Which port is the kernel's choice, so that nobody can be faster.
 */
export class Forward implements AsyncDisposable {
  readonly port: number;
  readonly #qmp: QmpClient;

  private constructor(qmp: QmpClient, port: number) {
    this.#qmp = qmp;
    this.port = port;
  }

  /** @throws TwinproofError `internal` with QEMU's words */
  static async open(qmp: QmpClient, guestPort: number): Promise<Forward> {
    const said = await monitor(qmp, `hostfwd_add ${NETWORK} tcp:127.0.0.1:0-:${guestPort}`);
    const port = forwardedPort(await monitor(qmp, 'info usernet'), guestPort);
    if (port !== null) return new Forward(qmp, port);
    throw new TwinproofError('internal', `QEMU forwards no port: ${said.trim()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A machine that ended took the port along.
    await monitor(this.#qmp, `hostfwd_remove ${NETWORK} tcp:127.0.0.1:${this.port}`).catch(() => undefined);
  }
}

/** QMP has no commands for this. Source: QEMU hmp-commands.hx. */
async function monitor(qmp: QmpClient, command: string): Promise<string> {
  return String(await qmp.execute('human-monitor-command', { 'command-line': command }));
}

/**
 * The port of this host that leads to that one, from what QEMU tells of its network.
 * Source: libslirp src/misc.c, slirp_connection_info().
 */
export function forwardedPort(reported: string, guestPort: number): number | null {
  const listening = /^\s*TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+(\d+)\s/;
  for (const line of reported.split(/\r?\n/)) {
    const [, port = '', to = ''] = listening.exec(line) ?? [];
    if (to !== '' && Number(to) === guestPort && Number(port) > 0) return Number(port);
  }
  return null;
}
