import { z } from 'zod';

/** Where a twin was built, as its own container saw it; who lends out a machine can still make it say anything. */
export const hostSchema = z.strictObject({
  /** What whoever places builds calls the machine: TWINPROOF_NODE, or its host name. */
  node: z.string(),
  /** Of the running kernel (random(4)): containers and pods on one kernel have the same. Null where it cannot be read. */
  bootId: z.string().nullable(),
  kernel: z.string(),
  /** Model of its CPU as the kernel names it; null where it names none. */
  cpu: z.string().nullable(),
  /** As `uname -m` has it. */
  architecture: z.string(),
});

export type Host = z.infer<typeof hostSchema>;

/**
 * How far apart the builds of a subject were, nearest first. `different-nodes` share a kernel. One node is one host whatever
 * its kernels: it may have been started again between two builds, or give each of them a virtual machine.
 */
export const PLACEMENTS = ['same-host', 'different-nodes', 'different-hosts'] as const;
export type Placement = (typeof PLACEMENTS)[number];

/** That of the two builds that were nearest to each other; null where it is not known of all. */
export function placementOf(hosts: readonly (Host | undefined)[]): Placement | null {
  const known = hosts.flatMap((host) => host ?? []);
  if (known.length < 2 || known.length < hosts.length) return null;
  const pairs = known.flatMap((a, index) => known.slice(index + 1).map((b) => placementOfPair(a, b)));
  if (pairs.includes(null)) return null;
  return PLACEMENTS.find((placement) => pairs.includes(placement)) ?? null;
}

function placementOfPair(a: Host, b: Host): Placement | null {
  if (a.bootId === null || b.bootId === null) return null;
  if (a.node === b.node) return 'same-host';
  return a.bootId === b.bootId ? 'different-nodes' : 'different-hosts';
}
