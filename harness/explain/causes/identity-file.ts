import type { CauseDefinition } from '../cause.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Seen } from '../types.ts';
import { wholeClaim } from '../whole.ts';
import type { Confidence } from '../../model/confidence.ts';

const PATHS: readonly [RegExp, string, (path: string) => string][] = [
  [
    /(?:^|\/)etc\/machine-id$|(?:^|\/)var\/lib\/dbus\/machine-id$/,
    'the identity of one machine',
    (path) => `: > ${shellWord(`/${path}`)}`,
  ],
  [/(?:^|\/)(?:random-seed|\.rnd)$/, 'a seed of random numbers', (path) => `rm -f ${shellWord(`/${path}`)}`],
  [
    /(?:^|\/)etc\/(?:hostid|machine-info)$|(?:^|\/)etc\/(?:iscsi\/initiatorname\.iscsi|nvme\/host(?:nqn|id))$/,
    'the identity of one machine',
    (path) => `rm -f ${shellWord(`/${path}`)}`,
  ],
  [
    /(?:^|\/)ssh_host_\w+_key(?:\.pub)?$/,
    'an SSH host key',
    (path) => `rm -f ${shellWord(`/${path}`)} (made when it first starts: ssh-keygen -A)`,
  ],
  [
    /(?:^|\/)\.gnupg\/(?:private-keys-v1\.d\/|openpgp-revocs\.d\/|(?:pubring|secring|trustdb)\.)/,
    'keys of GnuPG',
    (path) => `rm -f ${shellWord(`/${path}`)} (make keys when it first starts, or put them in from outside)`,
  ],
  [
    /ssl-cert-snakeoil\.(?:key|pem)$/,
    'a certificate that the package made for itself',
    (path) => `rm -f ${shellWord(`/${path}`)} (made when it first starts)`,
  ],
  [
    /\.(?:p12|pfx|jks|keystore|bcfks)$/,
    'a keystore',
    (path) => `rm -f ${shellWord(`/${path}`)} (made when it first starts, or put in from outside)`,
  ],
];
/** Formats whose parts are keys and certificates. */
const FORMATS = /^(?:jks|keystore|pkcs ?12|x509|certificate|pem|java-keystore)/i;
const PEM = /^(?:-----BEGIN [A-Z0-9 ]+-----)?(?:MII|MC4CAQ|MFkw|b3BlbnNza|MHcCAQ|LS0t)/;

/** A bundle of authorities has many; nobody makes so many in a build. */
const isBundle = ({ sites }: Seen): boolean =>
  sites.some(
    ({ name, part }) => Number(/^certificate (\d+)\b/.exec(name === '' ? part : name)?.[1] ?? 0) > 4,
  );

function keyed(seen: Seen): boolean {
  const { entry, sites } = seen;
  if (isBundle(seen)) return false;
  if (sites.some(({ format }) => FORMATS.test(format))) return true;
  const named =
    /(?:key|cert|crt|pem|csr)(?:\.|$)|\.(?:pub|asc|gpg)$/i.test(entry.path) ||
    /(?:^|\/)(?:ssl|pki|tls|\.?ssh)\//.test(entry.path);
  const text = entry.diff ?? '';
  if (/^[ +-]-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/m.test(text)) return true;
  return (
    named &&
    (/-----BEGIN |^[ +-](?:ssh-|ecdsa-)/m.test(text) || sites.some(({ a, b }) => PEM.test(a) && PEM.test(b)))
  );
}

/** Files that are one machine's alone: ids, seeds, keys, certificates, keystores. */
export const identityFile: CauseDefinition = {
  id: 'identity-file',
  covers: 'machine-id, random-seed, SSH host keys, self-made certificates and keystores',
  fix: 'remove it in the instruction that makes it; it is made when the system first starts',
  rewrites: [{ kind: 'empty', does: 'rm -rf, or an empty machine-id' }],
  explain(seen) {
    const { path } = seen.entry;
    const found = PATHS.find(([pattern]) => pattern.test(path));
    const machineId =
      path.endsWith('machine-id') &&
      seen.sites.every(({ a, b }) => /^[0-9a-f]{32}$/.test(a) && /^[0-9a-f]{32}$/.test(b));
    const confidence: Confidence = machineId && seen.sites.length > 0 ? 'exact' : 'likely';
    if (found !== undefined) return wholeClaim(seen, { confidence, why: found[1], fix: found[2](path) });
    if (!keyed(seen)) return null;
    const fix = `rm -f ${shellWord(`/${path}`)} (make keys when it first starts, or put them in from outside)`;
    return wholeClaim(seen, { confidence: 'likely', why: 'a key or certificate made during the build', fix });
  },
};
