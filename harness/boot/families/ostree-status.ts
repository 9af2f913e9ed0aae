/** A line of `ostree admin status`. */
export interface OstreeDeployment {
  stateroot: string;
  /** Hex. */
  commit: string;
  serial: number;
  booted: boolean;
  staged: boolean;
}

/** Deployments that are read; there are rarely more than three. */
const MOST = 20;

/**
 * Reads the text of `ostree admin status`, whose lines of deployments are
 * `{*| } STATEROOT COMMIT.SERIAL[ (staged)| (pending)| (rollback)]…`, with more about each below it.
 * Source: ostree, src/ostree/ot-admin-builtin-status.c, 2022.7.
 */
export function parseOstreeStatus(text: string): OstreeDeployment[] {
  const found: OstreeDeployment[] = [];
  for (const line of text.split('\n')) {
    const match = /^([* ]) ([\w.-]{1,100}) ([0-9a-f]{64})\.(\d{1,6})((?: \([a-z -]+\))*)$/.exec(line);
    if (match === null) continue;
    const [, mark, stateroot = '', commit = '', serial, roles = ''] = match;
    const staged = roles.includes('(staged)');
    found.push({ stateroot, commit, serial: Number(serial), booted: mark === '*', staged });
    if (found.length === MOST) break;
  }
  return found;
}
