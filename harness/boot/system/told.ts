import { consoleSigns, hasSpoken } from '../guest/console-patterns.ts';

/** What a system reported of itself without being asked. */
export interface Told {
  /** `nothing` where only firmware and boot loader spoke. */
  from: 'console' | 'screen' | 'nothing';
  text: string;
}

/**
 * What a start reported: by its console, and where the system said nothing there, as one does whose boot entry has no serial
 * console, by what its screen shows now. A machine that has ended has no screen.
 */
export async function toldBy(console: Buffer, screenText: () => Promise<string>): Promise<Told> {
  const text = console.toString('utf8');
  if (hasSpoken(text)) return { from: 'console', text };
  const screen = await screenText().catch(() => '');
  const speaks = hasSpoken(screen) || consoleSigns(screen).length > 0;
  return speaks ? { from: 'screen', text: `${text}\n${screen}` } : { from: 'nothing', text };
}
