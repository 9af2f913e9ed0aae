/** Accounts that let anybody in: whose password field is empty (passwd(5), shadow(5)). */
export function openAccounts(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', password] = line.split(':');
    return name !== '' && !name.startsWith('#') && password === '' ? [name] : [];
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
 * @param passwd of the image, for names; empty where it has none
 */
export function runtimeUser(user: string, passwd: string): RuntimeUser {
  const [name = '', group] = user.split(':');
  if (name === '') return { uid: 0, gids: [0], fault: 'no USER is set, so that it runs as root' };
  const entry = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => (/^\d+$/.test(name) ? fields[2] === name : fields[0] === name));
  const uid = /^\d+$/.test(name) ? Number(name) : numeric(entry?.[2]);
  const gid = numeric(group) ?? numeric(entry?.[3]) ?? 0;
  if (uid === 0) return { uid, gids: [gid], fault: `USER ${user} is root` };
  // Kubernetes cannot tell that a name is not root (`runAsNonRoot`).
  const fault = /^\d+$/.test(name) ? null : `USER ${user} is a name, not a number`;
  return { uid, gids: [gid], fault };
}

const numeric = (text: string | undefined): number | null =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
