import type { Owner } from './owner.ts';

/** Labels on everything that the harness makes in an engine, and only on that. Never on an image under test. */
const PREFIX = 'dev.twinproof';

export const MARK = `${PREFIX}.mark`;

export function ownerLabels(owner: Owner): Record<string, string> {
  return {
    [MARK]: 'true',
    [`${PREFIX}.run`]: owner.run,
    [`${PREFIX}.pid`]: String(owner.pid),
    [`${PREFIX}.started`]: owner.started,
    [`${PREFIX}.boot`]: owner.boot,
  };
}

export function ownerFromLabels(labels: Record<string, string>): Owner {
  return {
    run: labels[`${PREFIX}.run`] ?? '',
    pid: Number(labels[`${PREFIX}.pid`] ?? 0),
    started: labels[`${PREFIX}.started`] ?? '',
    boot: labels[`${PREFIX}.boot`] ?? '',
  };
}
