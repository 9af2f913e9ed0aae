import { shownText } from './terminal.ts';

/** What a console tells of a system that is not well. */
export interface ConsoleSign {
  id: string;
  /** The line that matched, at most 300 characters, printable. */
  line: string;
}

/** Source: Linux 6.1, kernel/panic.c. */
export const PANIC = /Kernel panic - not syncing/;

/**
 * Lines of the Linux kernel (6.1: kernel/panic.c, arch/x86/mm/fault.c, lib/bug.c, mm/oom_kill.c, block/blk-core.c,
 * fs/ext4/super.c), systemd and dracut. The tests tell which of them were recorded from a guest. Order matters: the first
 * that fits names a line.
 */
const SIGNS: readonly (readonly [id: string, pattern: RegExp])[] = [
  ['kernel-panic', PANIC],
  [
    'kernel-oops',
    /\bOops: [0-9a-f]{4} |BUG: (?:unable to handle|kernel NULL pointer)|general protection fault,/,
  ],
  ['kernel-bug', /kernel BUG at |watchdog: BUG: soft lockup/],
  ['out-of-memory', /invoked oom-killer|Out of memory: Killed process/],
  ['segmentation-fault', /(?:^|\] )[^\s:]+\[\d+\]: segfault at [0-9a-f]+ /],
  [
    'emergency-shell',
    /You are in emergency mode|Entering emergency mode|Reached target emergency\.target|dracut-emergency/,
  ],
  ['root-not-found', /dracut-initqueue.*: Warning: Not all disks have been found|Cannot open root device/],
  ['input-output-error', /I\/O error, dev |EXT4-fs error |Buffer I\/O error on dev /],
  ['unit-failed', /\[FAILED\] Failed to (?:start|mount|listen)|systemd\[1\]: \S+: Failed with result '/],
];

/** Signs of what no lack of time brings about. */
const FAULTS = new Set([
  'kernel-panic',
  'kernel-oops',
  'kernel-bug',
  'out-of-memory',
  'segmentation-fault',
  'input-output-error',
]);

/**
 * Where a limit of time expired in the guest. Sources: systemd 252, src/core/job.c, job_emit_done_message(), src/core/service.c
 * and src/core/mount.c ("timed out"), src/core/service.c ("Failed with result 'timeout'" or 'watchdog'); dracut 056,
 * modules.d/98dracut-systemd/dracut-initqueue.sh; Linux 6.1, kernel/watchdog.c, kernel/hung_task.c, kernel/rcu/tree_stall.h.
 */
export const EXPIRED =
  /\b[Tt]imed out\b|\[ TIME \]|Failed with result '(?:timeout|watchdog)'|dracut-initqueue.*: (?:timeout|Warning: Not all disks)|soft lockup|blocked for more than \d+ seconds|\brcu.*detected stall/;

/** Whether a sign shows a fault also on a host that is too slow. */
export const isProof = ({ id, line }: ConsoleSign): boolean => FAULTS.has(id) && !EXPIRED.test(line);

/** The first line that tells of a limit of time which expired in the guest; null when none does. */
export function expiredLimit(text: string): string | null {
  for (const raw of text.split(/\r?\n/)) {
    const line = plain(raw).trim();
    if (EXPIRED.test(line)) return line.slice(0, 200);
  }
  return null;
}

/** What only a kernel says, systemd at its side, or a program that waits for somebody to log in; firmware and boot loaders do not. */
const SPOKEN =
  /^\[ *\d+\.\d{6}\] |\bLinux version \d|^\[ {0,2}(?:OK|FAILED|TIME|DEPEND|WARN) {0,2}\] |\blogin: /m;

/** Whether the system itself said anything: without a serial console in its boot entry it does not. */
export const hasSpoken = (text: string): boolean => SPOKEN.test(shownText(text));

const LONGEST = 4096;
const MOST = 200;

const plain = (line: string): string => shownText(line.slice(0, LONGEST));

/** Finds the signs in what a guest printed; the same line tells once. */
export function consoleSigns(text: string): ConsoleSign[] {
  const found = new Map<string, ConsoleSign>();
  for (const raw of text.split(/\r?\n/)) {
    const line = plain(raw);
    const sign = SIGNS.find(([, pattern]) => pattern.test(line));
    if (sign === undefined) continue;
    const reported = line.trim().slice(0, 300);
    found.set(`${sign[0]} ${reported}`, { id: sign[0], line: reported });
    if (found.size >= MOST) break;
  }
  return [...found.values()];
}
