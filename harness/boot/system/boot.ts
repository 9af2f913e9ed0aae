import { TwinproofError } from '../../errors.ts';
import type { BootEntry } from '../disk/boot-entries.ts';
import { tooLate } from './too-late.ts';

/** How one start of a system went. */
export interface Boot {
  /** The entry that was started: the one a boot loader would take by itself, unless another was picked. */
  entry: BootEntry;
  /** What systemd says when it has nothing left to start: `running`, `degraded` …; null when it never came so far. */
  state: string | null;
  /** Why no command runs in it; null when commands run. */
  reason: string | null;
  /** Why all that is no proof of anything: the host was too slow; null when it was not, or all went well. */
  late: string | null;
  /** From the start of QEMU until systemd had nothing left to start, or until it was given up. */
  seconds: number;
}

/** Why a start left nothing to ask. */
export const notUp = ({ reason, late }: Pick<Boot, 'reason' | 'late'>): TwinproofError =>
  late === null ? new TwinproofError('guest-unreachable', reason ?? 'it did not come up') : tooLate(late);
