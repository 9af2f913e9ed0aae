import type { FindingKind } from './types.ts';

/** Lines of passwd(5), shadow(5) and group(5) in their fields. */
const fieldsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));

/** A hash that somebody can log in with: of crypt(5), or the 13 characters of DES. One that is locked begins with `!` or `*`. */
const HASH = /^(?:\$|_[./0-9A-Za-z]{19}$|[./0-9A-Za-z]{13}$)/;

/** Accounts that let anybody in: the password is empty, or everybody who has the image has its hash. */
export function openAccounts(text: string): { kind: FindingKind; what: string }[] {
  return fieldsOf(text).flatMap(([name = '', password]) => {
    if (name === '' || password === undefined) return [];
    if (password === '') return [{ kind: 'password' as const, what: `${name} needs no password` }];
    return HASH.test(password)
      ? [{ kind: 'password' as const, what: `the hash of a password of ${name} is in the image` }]
      : [];
  });
}

/** Who the image's process runs as, and what of it can be said without a container. */
export interface RuntimeUser {
  uid: number | null;
  gids: number[];
  /** What is wrong with `User`; null when it is numeric and not 0. */
  fault: string | null;
}

/**
 * @param user `config.User` (OCI image-spec config.md): user or uid, with `:group` or `:gid`
 * @param accounts passwd and group of the image, for names; empty where it has none
 */
export function runtimeUser(user: string, accounts: { passwd: string; group: string }): RuntimeUser {
  const [name = '', group] = user.split(':');
  if (name === '') return { uid: 0, gids: [0], fault: 'no USER is set, so that it runs as root' };
  const isNumber = /^\d+$/.test(name);
  const entry = fieldsOf(accounts.passwd).find((fields) =>
    isNumber ? Number(fields[2]) === Number(name) && fields[2] !== '' : fields[0] === name,
  );
  const groups = fieldsOf(accounts.group);
  const uid = isNumber ? Number(name) : numeric(entry?.[2]);
  const named = numeric(group) ?? numeric(groups.find((fields) => fields[0] === group)?.[2]);
  const primary = named ?? numeric(entry?.[3]) ?? 0;
  // Engines add the groups that list the user, unless a group is given.
  const further = groups.filter((fields) => (fields[3] ?? '').split(',').includes(entry?.[0] ?? ''));
  const added = group === undefined && entry !== undefined ? further.map((fields) => numeric(fields[2])) : [];
  const gids = [...new Set([primary, ...added.filter((gid) => gid !== null)])];
  if (uid === 0) return { uid, gids, fault: `USER ${user} is root` };
  // Kubernetes cannot tell that a name is not root (`runAsNonRoot`).
  const fault = isNumber ? null : `USER ${user} is a name, not a number`;
  return { uid, gids, fault };
}

const numeric = (text: string | undefined): number | null =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
