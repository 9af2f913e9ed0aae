import type { CauseDefinition } from '../cause.ts';
import { claimOf } from '../claim.ts';
import type { Seen, DifferenceSite } from '../types.ts';

const FIX = 'leave process numbers out of what is written: mktemp or a fixed name instead of $$';

const ASKS = /\$\$|\$\{?BASHPID|getpid|process\.pid|Process\.pid|\$PROCESS_ID/;
/** `pid 7`, `process id: 7`, and the tag of a line of syslog, `sshd[7]:`; an index such as `name[7]` is none. */
const SPEAKS = /\bp?pid\b|\bprocess(?:[ -]id\b|[ :=]+\d)|(?:^|\s)[\w./-]+\[\d+\]:(?:\s|$)/i;

/** Numbers up to the kernel's pid_max. */
function pid(text: string): string | undefined {
  return /(?:^|[^\d.])(\d{1,7})(?:[^\d.]|\.[a-z]|$)/i.exec(text)?.[1];
}

function isPid({ kind, a, b, lineA }: DifferenceSite, { recipe, entry }: Seen): boolean {
  if (kind !== 'text') return false;
  const [one, other] = [pid(a), pid(b)];
  if (one === undefined || other === undefined || Number(one) > 4_194_304 || Number(other) > 4_194_304)
    return false;
  if (a.replace(one, '') !== b.replace(other, '')) return false;
  return ASKS.test(recipe) || SPEAKS.test(lineA) || entry.path.endsWith('.pid');
}

/** Numbers of processes. */
export const processId: CauseDefinition = {
  id: 'process-id',
  covers: 'pids',
  fix: FIX,
  refutedBy: 'equal-builds',
  explain(seen) {
    const numbers = seen.sites.filter((site) => isPid(site, seen));
    return claimOf(numbers, 'likely', { why: 'the number of a process', fix: FIX });
  },
};
