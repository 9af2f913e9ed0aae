import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { TwinproofError } from '../../errors.ts';
import type { Owner } from '../../engine/owner.ts';
import { groupOf, handOver, spawnConfined } from './confined.ts';
import { MachineFolder } from './machine.ts';
import { PLATFORMS, machineOptions } from './platforms.ts';
import { BEGIN, END, type ProbeGuest, probeGuest } from './probes.ts';
import type { Accelerator, Architecture } from './types.ts';
import { lastWords } from '../guest/words.ts';

/** An accelerator that has run a guest here and now. */
export interface Proved {
  architecture: Architecture;
  accelerator: Accelerator;
  /** How many times slower than the machine that the time limits were made for; at least 1. All limits are times this. */
  slowness: number;
  /** Seconds that the probe's loop took. */
  seconds: number;
  /** Why a faster one is not used: one line each. */
  refused: string[];
}

type Probe = { ran: true; seconds: number } | { ran: false; reason: string };

/** Milliseconds from starting QEMU to the end of the guest; KVM takes a quarter of a second, TCG one. */
export const PROBE_LIMIT = 20_000;
/** Seconds that the loop takes under TCG on one free core of a common machine; limits are made for that. */
const REFERENCE = 0.15;
/** A machine that is slower than this is not waited for. */
const MOST = 10;

/**
 * Finds an accelerator by running a guest with it, the faster one first. A device file says nothing: `/dev/kvm` may
 * be there and hang.
 * @throws TwinproofError `unsupported` when none runs, or the one asked for does not
 */
export async function proveAccelerator(
  owner: Owner,
  wanted: Accelerator | 'auto',
  architecture: Architecture = 'amd64',
): Promise<Proved> {
  const refused: string[] = [];
  for (const accelerator of wanted === 'auto' ? (['kvm', 'tcg'] as const) : [wanted]) {
    const guest = probeGuest(architecture);
    const probe = isForeign(accelerator, architecture)
      ? { ran: false as const, reason: `this machine is ${process.arch}, the guest ${architecture}` }
      : await probeAccelerator(owner, accelerator, { architecture, guest, limit: PROBE_LIMIT });
    if (probe.ran) {
      const { seconds } = probe;
      const slowness = Math.min(MOST, Math.max(1, slownessOf(seconds)));
      return { architecture, accelerator, slowness, seconds, refused };
    }
    refused.push(`${accelerator}: ${probe.reason}`);
  }
  throw new TwinproofError('unsupported', `no virtual machine runs here: ${refused.join('; ')}`, {
    hint:
      wanted === 'kvm'
        ? 'use --accel tcg, which needs no device; `npx twinproof doctor` shows what is missing'
        : '`npx twinproof doctor` shows what is missing',
  });
}

/** Times slower than the machine that limits are made for. @param seconds that the probe's loop took */
export const slownessOf = (seconds: number): number => seconds / REFERENCE;

/** KVM runs only what the processor of the host understands. */
const isForeign = (accelerator: Accelerator, architecture: Architecture): boolean =>
  accelerator === 'kvm' && process.arch !== PLATFORMS[architecture].native;

/**
 * Runs one guest.
 * @param limit milliseconds
 */
export async function probeAccelerator(
  owner: Owner,
  accelerator: Accelerator,
  { architecture, guest, limit }: { architecture: Architecture; guest: ProbeGuest; limit: number },
): Promise<Probe> {
  await using folder = await MachineFolder.make(owner);
  const file = join(folder.path, 'probe.raw');
  await writeFile(file, guest.code);
  await handOver(file);
  const started = Date.now();
  const child = spawnConfined(probeArguments(accelerator, architecture, guest), {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'pipe'],
    groups: accelerator === 'kvm' ? await groupOf('/dev/kvm') : [],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  const letters = watchLetters(child.stdout);
  let words = '';
  child.stderr?.on('data', (piece: Buffer) => (words = (words + piece.toString('utf8')).slice(-1000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearTimeout(timer));
  const { begin, end } = letters;
  if (code === guest.exitCode && begin !== null && end !== null)
    return { ran: true, seconds: (end - begin) / 1000 };
  if (Date.now() - started >= limit) return { ran: false, reason: `hangs (no answer in ${limit / 1000} s)` };
  return {
    ran: false,
    reason: lastWords(words, 200) || `ended with ${code ?? 'a signal'}`,
  };
}

function probeArguments(
  accelerator: Accelerator,
  architecture: Architecture,
  { options }: ProbeGuest,
): string[] {
  return [
    PLATFORMS[architecture].program,
    ...['-no-user-config', '-nodefaults', '-display', 'none', '-no-reboot'],
    ...machineOptions(architecture, accelerator),
    ...['-m', '64', '-serial', 'stdio'],
    ...options,
  ];
}

/** When each letter of the probe came; firmware may print before it. */
function watchLetters(stream: Readable | null): { begin: number | null; end: number | null } {
  const seen: { begin: number | null; end: number | null } = { begin: null, end: null };
  stream?.on('data', (piece: Buffer) => {
    const text = piece.toString('latin1');
    if (text.includes(BEGIN)) seen.begin ??= Date.now();
    if (text.includes(END)) seen.end ??= Date.now();
  });
  return seen;
}
