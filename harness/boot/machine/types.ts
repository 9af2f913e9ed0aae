export type Accelerator = 'kvm' | 'tcg';
/** Of a machine, as OCI names it. */
export type Architecture = 'amd64' | 'arm64';

/** A disk of a machine: what is in `base` is never written to, what the guest writes goes into an overlay. */
export interface DiskSpec {
  /** File, read-only to the machine. */
  base: string;
  format: 'raw' | 'qcow2';
  /** The guest may not write to it at all; otherwise writes go into the overlay of that name in the machine's folder. */
  overlay: string | null;
  /** File in the machine's folder that all writes and flushes are logged to, in the form of dm-log-writes. */
  log?: string;
}

/** What starts the guest. Files are in the machine's folder. */
export type BootSpec =
  | { kind: 'kernel'; kernel: string; initrd: string; commandLine: string }
  | { kind: 'firmware'; firmware: 'bios' }
  | {
      kind: 'firmware';
      firmware: 'uefi';
      code: string;
      variables: string;
      /** What systemd's boot loaders are asked to add to the kernel's command line. */
      commandLine?: string;
    };

export interface MachineSpec {
  architecture: Architecture;
  accelerator: Accelerator;
  cpus: number;
  /** MiB. */
  memory: number;
  boot: BootSpec;
  disks: DiskSpec[];
  /** A network card behind which there is only QEMU itself. */
  network: boolean;
  /** Bytes of the console's beginning that are kept, and as many of its end. */
  consoleLimit?: number;
  /** Credentials for systemd, text by name, which it finds in the tables of the firmware. */
  credentials?: ReadonlyMap<string, string>;
  /** Name of a snapshot in the overlays to go on from, instead of starting. */
  snapshot?: string;
}
