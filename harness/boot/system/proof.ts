import type { Owner } from '../../engine/owner.ts';
import { type Proved, proveAccelerator } from '../machine/accelerator.ts';
import type { Accelerator, Architecture } from '../machine/types.ts';

/** Virtual machines are proved once in a process. */
const proofs = new Map<string, Promise<Proved>>();

/** What this machine's virtual machines are like. */
export function proof(
  owner: Owner,
  wanted: Accelerator | 'auto',
  architecture: Architecture,
): Promise<Proved> {
  const key = `${wanted} ${architecture}`;
  const known = proofs.get(key) ?? proveAccelerator(owner, wanted, architecture);
  proofs.set(key, known);
  return known;
}
