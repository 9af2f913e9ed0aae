import { type KernelArguments, argumentFaults } from './kernel-arguments.ts';
import type { EtcFile, FileChange } from './plan.ts';
import { type Moment, type Updated, ETC_AFTER, VAR_AFTER, VAR_BEFORE } from './scenario.ts';
import type { RolledBack } from './rollback.ts';

interface Release {
  from: string;
  to: string;
  usr: FileChange[];
  etc: EtcFile[];
  kernel: KernelArguments | null;
}

/** What an update did that it must not, or did not do; one line each. Whether the old system is kept is for the rollback. */
export function updateFaults(updated: Updated, release: Release): string[] {
  const { before, refused, staged, unreachable, after } = updated;
  if (before.running !== release.from)
    return [`before the update it says that it runs ${named(before.running)}`];
  if (refused !== null || staged === null) return [`the update was not taken: ${refused ?? ''}`];
  const touched = [...before.files].flatMap(([path, digest]) =>
    staged.files.get(path) === digest ? [] : [`staging changed ${path} in the running system`],
  );
  if (staged.running !== release.from) touched.push('staging changed what runs');
  if (!staged.deployments.includes(release.to)) touched.push('the new image is not among those to start');
  if (after === null) return [...touched, `it did not start again: ${unreachable ?? ''}`];
  return [
    ...touched,
    ...(after.running === release.to
      ? []
      : [`after the update it says that it runs ${named(after.running)}`]),
    ...(after.state === before.state
      ? []
      : [`systemd says ${after.state ?? 'nothing'}, not ${before.state ?? ''}`]),
    ...(release.kernel === null
      ? []
      : argumentFaults(after.arguments, release.kernel.after, release.kernel.before)),
    ...release.usr.flatMap((file) =>
      after.files.get(file.path) === file.after ? [] : [`${file.path} is not the new one`],
    ),
    ...release.etc.flatMap((file) => mergeFault(file, updated, after)),
    ...(after.files.get(VAR_BEFORE) === updated.written ? [] : [`${VAR_BEFORE} is lost`]),
  ];
}

/** How /etc is merged: what the user has changed stays, the rest follows the image. */
function mergeFault({ path, who, before, after }: EtcFile, updated: Updated, moment: Moment): string[] {
  const found = moment.files.get(path) ?? null;
  if (who === 'removed-by-user') return found === null ? [] : [`${path}, removed by the user, is back`];
  if (who === 'image') {
    // The system itself changed it before: it is the user's then.
    if (updated.before.files.get(path) !== before) return [];
    return found === after ? [] : [`${path}, changed by the image only, is not the new one`];
  }
  const reported = {
    user: 'changed by the user',
    both: 'changed by both',
    'added-by-user': 'added by the user',
  }[who];
  return found === updated.written ? [] : [`${path}, ${reported}, is not as the user left it`];
}

/** What a rollback did not bring back; one line each. */
export function rollbackFaults(back: RolledBack<Moment>, updated: Updated, release: Release): string[] {
  const { after } = updated;
  if (after?.deployments.includes(release.from) === false) return ['the previous system was not kept'];
  if (back.picked === null)
    return [`the previous system does not start: ${back.unreachable ?? back.refused ?? ''}`];
  const first = momentFaults(back.picked, updated, release).map((fault) => `picked: ${fault}`);
  if (back.refused !== null) return [...first, `it cannot be kept: ${back.refused}`];
  if (back.kept === null) return [...first, `it did not start again: ${back.unreachable ?? ''}`];
  return [...first, ...momentFaults(back.kept, updated, release).map((fault) => `kept: ${fault}`)];
}

/** The old system comes with its own /etc, as it was left; /var is the one that all share. */
function momentFaults(
  moment: Moment,
  { before, written }: Updated,
  { from, usr, etc, kernel }: Release,
): string[] {
  const faults = moment.running === from ? [] : [`it says that it runs ${named(moment.running)}`];
  if (moment.state !== before.state) faults.push(`systemd says ${moment.state ?? 'nothing'}`);
  if (kernel !== null) faults.push(...argumentFaults(moment.arguments, kernel.before, kernel.after));
  for (const { path } of [...usr, ...etc])
    if (moment.files.get(path) !== before.files.get(path)) faults.push(`${path} is not as it was`);
  for (const path of [VAR_BEFORE, VAR_AFTER])
    if (moment.files.get(path) !== written) faults.push(`${path} is lost`);
  if (moment.files.get(ETC_AFTER) !== null) faults.push(`${ETC_AFTER} of the other system is there`);
  return faults;
}

const named = (digest: string): string => (digest === '' ? 'nothing' : digest);
