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

/**
 * Images under test carry no mark of the harness inside; this repository name is what `clean` finds them by.
 */
export const UNDER_TEST = 'localhost/twinproof-under-test';

/** Engine names of builders that were made from a definition; `clean` finds them by it. */
export const BUILDER_REPOSITORY = 'localhost/twinproof-builder';
