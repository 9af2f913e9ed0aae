import { expect, test } from 'vitest';
import type { Proved } from '../machine/accelerator.ts';
import { tooSlow } from '../machine/host-pace.ts';
import { type Start, whyTooLate } from './too-late.ts';

/** Recorded from a bundled system on a busy host, whose /boot did not come in 90 s. */
const TIMED_OUT = `[ TIME ] Timed out waiting for device dev-disk-by\\x2duuid-1.device - /dev/disk/by-uuid/1.
[DEPEND] Dependency failed for boot.mount - /boot.
You are in emergency mode. After logging in, type "journalctl -xb" to view`;
const PANIC = '[  505.9] Kernel panic - not syncing: sysrq triggered crash';

/** A start on a host that was measured as so many times slower, with limits for another speed. */
function start(slowness: number, made: Partial<Start> & { allowed?: number }): Start {
  const proved = { slowness: made.allowed ?? 1 } as Proved;
  const tooSlowSince: Start['pace']['tooSlowSince'] = (_from, allowed) =>
    Promise.resolve(tooSlow(slowness, allowed));
  return {
    from: { at: 0, waited: 0 },
    pace: { proved, tooSlowSince },
    ownLimit: null,
    console: '',
    guest: null,
    ...made,
  };
}

test.each<[string, number, Parameters<typeof start>[1], RegExp | null]>([
  [
    "a device did not come within the guest's own limit",
    4,
    { console: TIMED_OUT },
    /4\.0 times slower.*: \[ TIME \]/,
  ],
  ['the same, where the host was fast', 1, { console: TIMED_OUT }, null],
  ['the same, where our own limits had allowed for it', 4, { console: TIMED_OUT, allowed: 4 }, /4\.0 times/],
  ['nothing answered in time', 4, { ownLimit: 'no answer within 180 s' }, /: no answer within 180 s$/],
  ['nothing answered in a time that allowed for it', 4, { ownLimit: 'no answer', allowed: 4 }, null],
  ['nothing was late', 4, { console: '[FAILED] Failed to start broken.service - broken.' }, null],
  [
    'it panicked, whatever was late before',
    4,
    { console: `${TIMED_OUT}\n${PANIC}`, ownLimit: 'no answer' },
    null,
  ],
  [
    "the kernel's own watchdog found it stuck",
    4,
    { console: '[   44.0] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [sh:443]' },
    /soft lockup/,
  ],
  [
    'a unit was given up',
    4,
    { console: "systemd[1]: slow.service: Failed with result 'timeout'." },
    /result 'timeout'/,
  ],
  [
    'the initramfs gave up its root',
    4,
    { console: 'dracut-initqueue[312]: Warning: Not all disks have been found.' },
    /Not all disks/,
  ],
])('when %s, a host %i times slower', async (_what, slowness, made, reason) => {
  const late = await whyTooLate(start(slowness, made));
  if (reason === null) expect(late).toBeNull();
  else expect(late).toMatch(reason);
});
