import type { Owner } from '../../engine/owner.ts';
import { type Proved, proveAccelerator } from '../machine/accelerator.ts';
import type { Accelerator } from '../machine/types.ts';

/** Virtual machines are proved once in a process. */
const proofs = new Map<string, Promise<Proved>>();

/** What this machine's virtual machines are like. */
export function proof(owner: Owner, wanted: Accelerator | 'auto'): Promise<Proved> {
  const known = proofs.get(wanted) ?? proveAccelerator(owner, wanted);
  proofs.set(wanted, known);
  return known;
}
