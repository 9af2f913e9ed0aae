import { lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Mount } from './runtime-settings.ts';

/** Where programs look for the certificates that they trust (Go, crypto/x509 root_linux.go, names the same). */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/etc/pki/tls/cacert.pem',
];

/** Where a RUN instruction sees the same certificates in a file system that is no part of the image. */
const LENT = '/dev/build-certificates.pem';

/** Instructions that make the files anew, which cannot be done to a mount point. */
const MAINTAINS = /ca-certificates|update-ca|ca-trust|trust\s+(?:anchor|extract)/;

/**
 * Mounts over the files of trusted certificates that are there, with one more in them, and variables for programs that
 * read none of these (OpenSSL in Debian, Node). No file is made where there is none: it would be left in the image.
 */
export function lendTrust(
  config: { root: { path: string }; process: { args: string[] } },
  { bundle, authority }: { bundle: string; authority: string },
): { mounts: Mount[]; variables: Record<string, string> } {
  const mounts = new Map<string, Mount>();
  const certificates = (name: string, more: string): string => {
    const path = join(bundle, name);
    writeFileSync(path, `${more}\n${authority}`, 'latin1');
    return path;
  };
  let known = '';
  for (const name of BUNDLES) {
    const inside = withoutLinks(config.root.path, name);
    if (inside === null || mounts.has(inside)) continue;
    const text = readFileSync(join(config.root.path, inside), 'latin1').trimEnd();
    mounts.set(inside, readOnly(certificates(`certificates-${mounts.size}.pem`, text), inside));
    if (known === '') known = text;
  }
  const lent = readOnly(certificates('certificates.pem', known), LENT);
  const maintained = MAINTAINS.test(config.process.args.join(' '));
  return {
    mounts: maintained ? [lent] : [...mounts.values(), lent],
    variables: { SSL_CERT_FILE: LENT, NODE_EXTRA_CA_CERTS: LENT },
  };
}

const readOnly = (source: string, destination: string): Mount => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', 'ro', 'nosuid', 'nodev', 'noexec'],
});

const MAX_LINKS = 40;
const MAX_BYTES = 16 * 1024 ** 2;

/** Where a path of a root leads, links followed inside of it as chroot(2) would; null unless to a regular file of modest size. */
export function withoutLinks(root: string, path: string): string | null {
  const left = path.split('/').filter((part) => part !== '');
  let at = '/';
  let links = 0;
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    if (part === '.') continue;
    if (part === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, part);
    const found = lstatSync(join(root, next), { throwIfNoEntry: false });
    if (found === undefined) return null;
    if (found.isSymbolicLink()) {
      links += 1;
      if (links > MAX_LINKS) return null;
      const target = readlinkSync(join(root, next));
      left.unshift(...target.split('/').filter((each) => each !== ''));
      if (target.startsWith('/')) at = '/';
      continue;
    }
    if (left.length === 0) return found.isFile() && found.size <= MAX_BYTES ? next : null;
    if (!found.isDirectory()) return null;
    at = next;
  }
  return null;
}
