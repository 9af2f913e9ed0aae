import type { Readable, Writable } from 'node:stream';
import { BY_SSH } from '../boot/guest/ways.ts';
import type { System } from '../boot/system/system.ts';
import { TwinproofError } from '../errors.ts';
import { tell } from './output.ts';

/** Ctrl-], as telnet has it. */
const LEAVE = 0x1d;
/** Where keys come from; a pipe has neither of the two. */
type Input = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };

/** Milliseconds without output after which a shell has done all that was piped to it. */
const QUIET = 3000;

/**
 * Puts a terminal, or what is piped in, through to the guest's root shell, until the machine ends, Ctrl-] is pressed, or the
 * pipe has ended and nothing more comes.
 * @throws TwinproofError `guest-unreachable` when the system did not come up, `unsupported` when it has no such shell
 */
export async function openShell(system: System, input: Input, output: Writable): Promise<void> {
  const { how } = system.guest;
  if (how === BY_SSH)
    throw new TwinproofError('unsupported', 'the system opened no shell to type into: it was reached by SSH');
  const { shell, ended } = system.terminal;
  const raw = (on: boolean): void => void input.setRawMode?.(on);
  tell(`root in the guest (${how.split(',')[0] ?? ''}); leave with Ctrl-], or power off; nothing is kept\n`);
  raw(true);
  const left = new Promise<void>((resolve) => {
    let quiet: NodeJS.Timeout | undefined;
    const wait = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(resolve, QUIET * system.proved.slowness);
    };
    input.on('data', (piece: Buffer) => {
      if (input.isTTY === true && piece.includes(LEAVE)) resolve();
      else shell.write(piece);
    });
    input.on('end', wait);
    shell.on('data', (piece: Buffer) => {
      output.write(piece);
      if (input.readableEnded) wait();
    });
    shell.write('\n');
  });
  try {
    await Promise.race([left, ended]);
  } finally {
    raw(false);
    input.destroy();
  }
}
