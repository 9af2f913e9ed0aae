import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { BY_SSH } from '../boot/guest/ways.ts';
import type { System } from '../boot/system/system.ts';
import { TwinproofError } from '../errors.ts';
import { tell } from './output.ts';

/** Ctrl-], as telnet has it. */
const LEAVE = 0x1d;
/** Where keys come from; a pipe has neither of the two. */
type Input = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };

/**
 * Puts a terminal, or what is piped in, through to the guest's root shell, until the machine ends, Ctrl-] is pressed, or all
 * that was piped in is done.
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
    // Typed after everything else, in two parts: what is typed is echoed, and only what is printed has it in one.
    const last = `end-of-input-${randomBytes(8).toString('hex')}`;
    let recent = '';
    input.on('data', (piece: Buffer) => {
      if (input.isTTY === true && piece.includes(LEAVE)) resolve();
      else shell.write(piece);
    });
    input.on('end', () => shell.write(`\nprintf 'end-of-%s\\n' ${last.slice('end-of-'.length)}\n`));
    shell.on('data', (piece: Buffer) => {
      output.write(piece);
      recent = (recent + piece.toString('latin1')).slice(-4096);
      if (recent.includes(last)) resolve();
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
