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

/** sha256 (hex) of what was started. */
export interface Loaded {
  kernel: string;
  initramfs: string;
}

/** What brings a machine from its disk to a kernel. Files are in the folder of the machine. */
export interface Starter {
  /** Credentials for systemd that the machine brings along (systemd.system-credentials(7)): text by name. */
  credentials?: ReadonlyMap<string, string>;
  /** The machine has a network card, behind which there is only QEMU itself. */
  network?: true;
  /** Where no shell answers, an SSH server may, over that network. */
  ssh?: true;
  /** Readies the folder of a new machine. */
  install(folder: string): Promise<void>;
  /** What is offered at the next start, what is taken without a choice first. */
  entries(folder: string, disk: string): Promise<BootEntry[]>;
  /** Readies the folder for a start. */
  prepare(folder: string, disk: string, entry: BootEntry): Promise<BootSpec>;
  /**
   * Chooses an entry by its number, once the machine runs and before anything else is typed into it.
   * @param seconds until it is chosen whether there is a choice or not
   */
  pick(machine: Machine, number: number, seconds: number): Promise<void>;
  /** What was started with that entry at the last start. */
  loaded(folder: string, disk: string, entry: BootEntry): Promise<Loaded>;
}
