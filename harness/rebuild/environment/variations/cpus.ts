import type { VariationSpec } from '../types.ts';

/** Processor affinity, which `nproc` and glibc's sysconf follow: all CPUs, and all but one. */
export const cpus: VariationSpec = ({ index, machine }) => {
  if (machine.cpus.length < 2) return { notApplied: 'this machine gives builds one CPU' };
  const allowed = index % 2 === 0 ? machine.cpus : machine.cpus.slice(0, -1);
  return { value: String(allowed.length), markers: [], settings: { cpus: allowed.join(',') } };
};
