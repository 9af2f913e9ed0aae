import { tooLate } from '../boot/system/too-late.ts';
import type { BootcStatus } from '../boot/families/bootc-status.ts';
import type { UnderTest } from '../boot/system/under-test.ts';
import { type ConsoleSign, consoleSigns } from '../boot/guest/console-patterns.ts';
import type { Evidence } from '../record/events.ts';
import { consoleEvidence } from './system.ts';
import type { Detail, Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/**
 * The image, put on a disk, starts in a virtual machine, and systemd ends with nothing failed: no unit failed, none is
 * restarted again and again, and the console shows no sign of something broken.
 */
export const boots: SystemClaim = {
  id: 'boots',
  scenario: 'start',
  statement: 'starts in a virtual machine with nothing failed',
  passes:
    'systemd ends with `running`: no unit failed, none is restarted again and again, and the console shows no panic, oops, segmentation fault, lack of memory, emergency shell, failed unit or error of a disk',
  check,
};

/** Restarts that are too many: once, systemd starts its journal again, when it leaves the initramfs. */
const OFTEN = 2;

async function check(context: SystemContext): Promise<Finding> {
  const under = await context.system();
  const { system, about, family, given, installed } = under;
  const { bootcStatus, ...said } = about;
  const boot = system.last;
  const reported = await system.reported();
  const signs = consoleSigns(reported.text);
  const units =
    boot.reason === null ? await askUnits(under) : { failed: [], restarted: [], phases: null, channel: null };
  const faults = [...faultsOf(boot.reason, boot.state, signs), ...unitFaults(units)];
  const detail: Detail = {
    family: family?.id ?? null,
    ...said,
    ...(bootcStatus === undefined ? {} : { bootcStatus: statusDetail(bootcStatus) }),
    disk: given === null ? null : { ...given },
    accelerator: system.proved.accelerator,
    slowness: Number(system.proved.slowness.toFixed(2)),
    channel: units.channel,
    entry: boot.entry.title,
    state: boot.state,
    failed: units.failed,
    restarted: units.restarted,
    reported: reported.from,
    console: signs.map(({ id, line }) => ({ id, line })),
    seconds: { install: installed / 1000, start: boot.seconds },
    phases: units.phases,
  };
  const evidence = [await consoleEvidence(context, under), ...(await screen(context, under))];
  // What goes wrong for want of time shows in more than the word that systemd has for it.
  const late = boot.late ?? (faults.length === 0 ? null : await system.whyLate());
  if (late !== null) return { ...undecided(late, faults), detail, evidence };
  if (given !== null && boot.reason !== null && signs.length === 0)
    return { ...unasked(given.by, reported.from, boot.reason), detail, evidence };
  return faults.length === 0
    ? {
        verdict: 'pass',
        summary: `running after ${boot.seconds.toFixed(0)} s, nothing failed${unloaded(under)}`,
        detail,
        evidence,
      }
    : { verdict: 'fail', summary: firstWords(faults.join('; '), 400), detail, evidence };
}

/** What keeps a system of bootc's, and what its next start takes. */
const statusDetail = ({ backend, staged, rollbackQueued, softReboot }: BootcStatus): Detail => ({
  ...{ backend, staged, rollbackQueued, softReboot },
});

/** Whoever installs such an image elsewhere has a boot loader before it. */
const unloaded = ({ source }: UnderTest): string =>
  source?.os.loader === null ? '; its kernel was started directly, without a boot loader' : '';

/** A limit of time that expires on a host which is too slow proves nothing of what is started there. */
function undecided(
  late: string,
  faults: string[],
): Pick<Finding & { verdict: 'error' }, 'verdict' | 'error' | 'summary'> {
  const { code, message, hint } = tooLate(late);
  const error = {
    code: code as 'timeout',
    message: firstWords(message, 400),
    ...(hint === undefined ? {} : { hint }),
  };
  return { verdict: 'error', error, summary: firstWords(`${error.message} (${faults.join('; ')})`, 400) };
}

/** An existing disk image may have started all the same: nobody prepared it for being asked, or for telling. */
function unasked(
  by: string,
  from: 'console' | 'screen' | 'nothing',
  reason: string,
): Pick<Finding & { verdict: 'error' }, 'verdict' | 'error' | 'summary'> {
  const said =
    from === 'nothing' ? 'its console stayed silent (see the screen)' : `its ${from} tells nothing bad`;
  const message = `it was started (${by}), but cannot be asked, and ${said}: ${reason}`;
  return { verdict: 'error', error: { code: 'guest-unreachable', message }, summary: message };
}

interface Units {
  failed: string[];
  /** Units that systemd had to start again more than once. */
  restarted: string[];
  /** systemd's own account of the time. */
  phases: string | null;
  channel: string | null;
}

async function askUnits({ system }: UnderTest): Promise<Units> {
  const { guest } = system;
  const failed = await guest.read('systemctl list-units --failed --plain --no-legend --no-pager');
  const restarts = await guest.read("systemctl show --property=Id,NRestarts '*.service'");
  const analyze = await guest.run('systemd-analyze time');
  return {
    failed: lines(failed).map((line) => line.split(/\s+/)[0] ?? ''),
    restarted: restarts.split('\n\n').flatMap((block) => {
      const count = Number(/^NRestarts=(\d+)$/m.exec(block)?.[1] ?? 0);
      return count < OFTEN ? [] : [`${/^Id=(.*)$/m.exec(block)?.[1] ?? '?'} (${count} times)`];
    }),
    phases: analyze.status === 0 ? (lines(analyze.stdout.toString('utf8'))[0] ?? null) : null,
    channel: guest.how,
  };
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

function faultsOf(reason: string | null, state: string | null, signs: ConsoleSign[]): string[] {
  const reported = signs.map(({ id, line }) => `${id}: ${firstWords(line, 120)}`);
  if (reason !== null)
    return ['it did not come up', ...reported.slice(0, 2), ...(reported.length === 0 ? [reason] : [])];
  return [...(state === 'running' ? [] : [`systemd says ${state ?? 'nothing'}`]), ...reported.slice(0, 2)];
}

function unitFaults({ failed, restarted }: Units): string[] {
  return [
    ...(failed.length === 0 ? [] : [`failed: ${failed.join(', ')}`]),
    ...(restarted.length === 0 ? [] : [`restarted: ${restarted.join(', ')}`]),
  ];
}

/** A picture of the screen, unless the machine has ended. */
async function screen(context: SystemContext, { system }: UnderTest): Promise<Evidence[]> {
  try {
    return [await system.screenshot((path) => context.evidence.addFile('screen', path, 'image/png'))];
  } catch {
    return [];
  }
}
