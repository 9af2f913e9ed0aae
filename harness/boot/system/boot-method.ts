import type { BootEntry } from '../disk/boot-entries.ts';
import type { Machine } from '../machine/machine.ts';
import type { BootSpec } from '../machine/types.ts';

/**
 * Added to the kernel's command line. The shell is what commands come in by; a kernel that panics ends its machine; systemd
 * mounts nothing that only lies beside the system on its disk; and the kernel does not take a timer for broken that comes
 * late because the host is busy.
 */
export const ADDED =
  'console=ttyS0 systemd.debug_shell=ttyS1 systemd.gpt_auto=0 no_timer_check panic=1 rd.shell=0 rd.emergency=reboot';

/** Seconds after which systemd gives up what it starts, and a device that it waits for: systemd-system.conf(5). */
const PATIENCE = 90;

/** The limit of a guest's that belongs to a machine of that speed. */
export const patience = (slowness: number): number => Math.round(PATIENCE * slowness);

/**
 * For the kernel's command line: the guest's own limits of time grow as those here do. systemd reads the one of units from
 * 233 on, and that of devices in newer versions than 252; dracut gives up its devices after twice as long. Sources:
 * kernel-command-line(7), dracut.cmdline(7).
 */
export const patient = (slowness: number): string =>
  [
    `systemd.default_timeout_start_sec=${patience(slowness)}`,
    `systemd.default_device_timeout_sec=${patience(slowness)}`,
    `rd.retry=${2 * patience(slowness)}`,
  ].join(' ');

/** All that is added to the kernel's command line, on a machine of that speed; nothing of time where that is as it should be. */
export const addedArguments = (slowness: number): string =>
  patience(slowness) === PATIENCE ? ADDED : `${ADDED} ${patient(slowness)}`;

/** sha256 (hex) of what was started. */
export interface Loaded {
  kernel: string;
  initramfs: string;
}

/** What brings a machine from its disk to a kernel. Files are in the folder of the machine. */
export interface BootMethod {
  /** Credentials for systemd that the machine brings along (systemd.system-credentials(7)): text by name. */
  credentials?: ReadonlyMap<string, string>;
  /** The machine has a network card, behind which there is only QEMU itself. */
  network?: true;
  /** Where no shell answers, an SSH server may, over that network. */
  ssh?: true;
  /** Readies the folder of a new machine. @param slowness of the host */
  install(folder: string, slowness: number): Promise<void>;
  /** What is offered at the next start, what is taken without a choice first. */
  entries(folder: string, disk: string): Promise<BootEntry[]>;
  /** Readies the folder for a start. @param slowness of the host */
  prepare(start: { folder: string; disk: string; slowness: number }, entry: BootEntry): Promise<BootSpec>;
  /**
   * Chooses an entry by its number, once the machine runs and before anything else is typed into it.
   * @param seconds until it is chosen whether there is a choice or not
   */
  pick(machine: Machine, number: number, seconds: number): Promise<void>;
  /** What was started with that entry at the last start. */
  loaded(folder: string, disk: string, entry: BootEntry): Promise<Loaded>;
}
