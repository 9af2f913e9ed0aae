import type { Store } from '../families/store.ts';

/** What was found after a power cut. */
export interface AfterCut {
  /** Why no command runs; null when commands run. */
  unreachable: string | null;
  /** What another start of the same disk brings then; null where none was needed. */
  again: { running: string } | { reason: string } | null;
  /** Digest of the manifest that runs; empty when it does not say. */
  running: string;
  /** What systemd says. */
  state: string | null;
  /** The file that was in /var before the update is there. */
  marked: boolean;
  /** The store of releases; null where nobody came to it. */
  store: Store | null;
  /** What is wrong with the file system; null when nothing is. */
  fileSystem: string | null;
  /** What the second entry of the boot menu starts, where the new release runs; a reason when it starts nothing. */
  back: { running: string } | { reason: string } | null;
}

/** What must not be after a power cut; one line each. */
export function cutFaults(
  found: AfterCut,
  { from, to, state }: { from: string; to: string; state: string | null },
): string[] {
  if (found.unreachable !== null)
    return [`it does not start: ${found.unreachable}`, ...reboot(found.again, { from, to })];
  const { running, back } = found;
  const faults: string[] = [];
  if (running !== from && running !== to) faults.push(`it says that it runs ${running || 'nothing'}`);
  if (found.state !== state) faults.push(`systemd says ${found.state ?? 'nothing'}`);
  if (!found.marked) faults.push('what was in /var is lost');
  const check = found.store?.check ?? null;
  if (check !== null) faults.push(`the store: ${check}`);
  if (found.fileSystem !== null) faults.push(`the file system: ${found.fileSystem}`);
  if (running !== to) return faults;
  if (back === null) faults.push('nobody looked for the old release');
  else if ('reason' in back) faults.push(`the old release does not start: ${back.reason}`);
  else if (back.running !== from) faults.push('the second entry is not the old release');
  return faults;
}

/** It is reported, and changes nothing: who comes to a machine that does not start may not start it again. */
function reboot(again: AfterCut['again'], { from, to }: { from: string; to: string }): string[] {
  if (again === null) return [];
  if ('reason' in again) return ['nor does it when it is started once more'];
  const release = again.running === from ? 'the old release' : again.running === to ? 'the new release' : '';
  return [`started once more, it runs ${release || again.running || 'nothing known'}`];
}
