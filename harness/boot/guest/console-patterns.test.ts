import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consoleSigns, expiredLimit, hasSpoken, isProof } from './console-patterns.ts';

/** Recorded from guests of the bundled OS image: Debian 12, Linux 6.1, systemd 252. */
const RECORDED: [string, string][] = [
  ['kernel-panic', '[  505.919224] Kernel panic - not syncing: sysrq triggered crash'],
  [
    'segmentation-fault',
    'image login: [  345.561886] perl[406]: segfault at 1 ip 00007f68335f9219 sp 00007fffe949b3d8 error 4 in libc.so.6[7f68334c9000+156000] likely on CPU 1 (core 1, socket 0)',
  ],
  ['emergency-shell', 'You are in emergency mode. After logging in, type "journalctl -xb" to view'],
];

/** Written out as the sources have their formats; no guest here could be brought to say them. */
const FROM_SOURCES: [string, string][] = [
  ['kernel-oops', '[    3.1] BUG: kernel NULL pointer dereference, address: 0000000000000000'],
  ['kernel-oops', '[    3.1] BUG: unable to handle page fault for address: ffffc90000000000'],
  ['kernel-oops', '[    3.1] Oops: 0002 [#1] PREEMPT SMP NOPTI'],
  ['kernel-bug', '[    3.1] kernel BUG at fs/ext4/inode.c:2717!'],
  ['kernel-bug', '[   44.0] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [sh:443]'],
  ['out-of-memory', '[    9.0] tail invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE), order=0'],
  ['out-of-memory', '[    9.0] Out of memory: Killed process 77 (tail) total-vm:1048576kB'],
  ['input-output-error', '[    9.0] I/O error, dev vda, sector 8 op 0x0:(READ) flags 0x0 phys_seg 1'],
  ['input-output-error', '[    9.0] EXT4-fs error (device vda): ext4_lookup:1855: inode #2: comm ls'],
];

/** Recorded from a start with nothing wrong. */
const QUIET = `[    0.000000] Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org)
[\x1b[0;32m  OK  \x1b[0m] Reached target \x1b[0;1;39mgraphical.target\x1b[0m - Graphical Interface.
[   56.107223] systemd-journald[129]: Received SIGTERM from PID 1 (systemd).
[   63.920148] systemd[1]: systemd-journald.service: Scheduled restart job, restart counter is at 1.
[   71.783287] SVM: PMU virtualization is disabled
[   76.824539] powernow_k8: Power state transitions not supported
Debian GNU/Linux 12 image ttyS0
image login: `;

describe('a limit of time that expired', () => {
  test.each([
    // Recorded: Debian 12, systemd 252.
    [
      '\x1bM\x1b[2K[\x1b[0;1;31m TIME \x1b[0m] Timed out waiting for device \x1b[0;1;39m/dev/vdz\x1b[0m.',
      '[ TIME ] Timed out waiting for device /dev/vdz.',
    ],
    // Written out as the sources have their formats.
    ["systemd[1]: slow.service: Failed with result 'timeout'.", undefined],
    ["systemd[1]: systemd-logind.service: Failed with result 'watchdog'.", undefined],
    [
      '[  140.3] dracut-initqueue[312]: Warning: dracut-initqueue: timeout, still waiting for following',
      undefined,
    ],
    ['[  242.6] INFO: task kworker/0:1:9 blocked for more than 120 seconds.', undefined],
    ['[   66.1] rcu: INFO: rcu_sched self-detected stall on CPU', undefined],
  ])('is told by %j', (line, reported) => {
    expect(expiredLimit(`${QUIET}\r\n${line}\r\n`)).toBe(reported ?? line);
  });

  test('is not told by anything else', () => {
    expect(expiredLimit(QUIET)).toBeNull();
    for (const [, line] of FROM_SOURCES.filter(([, text]) => !text.includes('lockup')))
      expect(expiredLimit(line)).toBeNull();
  });

  test('excuses no fault of another kind', () => {
    const proofs = [...RECORDED, ...FROM_SOURCES]
      .filter(([id, line]) => isProof({ id, line }))
      .map(([id]) => id);
    expect([...new Set(proofs)].sort()).toEqual([
      'input-output-error',
      'kernel-bug',
      'kernel-oops',
      'kernel-panic',
      'out-of-memory',
      'segmentation-fault',
    ]);
    expect(isProof({ id: 'kernel-bug', line: 'watchdog: BUG: soft lockup - CPU#1 stuck for 26s!' })).toBe(
      false,
    );
  });
});

describe('a system', () => {
  test.each([
    ['a kernel', '[    0.000000] Linux version 6.1.0-56-cloud-amd64\r\n'],
    ['systemd alone', '\x1b[0m[\x1b[0;32m  OK  \x1b[0m] Reached target \x1b[0;1;39mbasic.target\r\n'],
    ['a quiet one at its end', 'Debian GNU/Linux 13 image ttyS0\r\n\r\nimage login: '],
  ])('has spoken: %s', (_what, text) => {
    expect(hasSpoken(text)).toBe(true);
  });

  test.each([
    ['OVMF', 'BdsDxe: starting Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x3,0x0)\r\n'],
    ['GRUB', 'GNU GRUB  version 2.06\r\n*Debian GNU/Linux  Use the ^ and v keys to select\r\n'],
    ['the stub of a kernel', 'EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID device path\r\n'],
    ['nothing', ''],
  ])('stayed silent behind %s', (_what, text) => {
    expect(hasSpoken(text)).toBe(false);
  });
});

describe('a console', () => {
  test.each([...RECORDED, ...FROM_SOURCES])('shows %s', (id, line) => {
    expect(consoleSigns(`${QUIET}\r\n${line}\r\n`)).toEqual([{ id, line }]);
  });

  test('shows nothing when nothing is wrong', () => {
    expect(consoleSigns(QUIET)).toEqual([]);
  });

  test('shows a line once, without its colours', () => {
    const line = '\x1b[0;1;31mKernel panic - not syncing: x\x1b[0m';
    expect(consoleSigns(`${line}\n${line}\n`)).toEqual([
      { id: 'kernel-panic', line: 'Kernel panic - not syncing: x' },
    ]);
  });

  test("shows what is behind systemd's context, which is no part of a line", () => {
    const context =
      '\x1b]3008;start=7b2e;user=root;hostname=image;machineid=5;bootid=6;pid=1;type=boot\x1b\\';
    expect(consoleSigns(`${context}\x1bM[\x1b[0;1;31mFAILED\x1b[0m] Failed to start x.service\r\n`)).toEqual([
      { id: 'unit-failed', line: '[FAILED] Failed to start x.service' },
    ]);
  });

  test('may print anything: what is told stays short and printable', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constant('Kernel panic - not syncing'),
      fc.constant('\x1b['),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        for (const { line } of consoleSigns(parts.join(''))) {
          expect(line.length).toBeLessThanOrEqual(300);
          // eslint-disable-next-line no-control-regex
          expect(line).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
        }
      }),
    );
    const flood = Array.from({ length: 5000 }, (_, count) => `Kernel panic - not syncing: ${count}\n`).join(
      '',
    );
    expect(consoleSigns(flood)).toHaveLength(200);
  });
});
