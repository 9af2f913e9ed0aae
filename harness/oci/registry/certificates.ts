import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { storageError } from '../../engine/storage.ts';
import { trustedAuthorities, type Certificates } from '../../net/connections.ts';

/** Where certificates of single registries lie (containers-certs.d(5)); the first folder that is there counts. */
function folders(host: string): string[] {
  const home = process.env.HOME ?? homedir();
  const roots = [join(home, '.config/containers/certs.d'), '/etc/containers/certs.d', '/etc/docker/certs.d'];
  return roots.map((root) => join(root, host));
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw storageError(`could not read ${path}`, cause);
  });
}

/**
 * What a registry's certificate is checked against: the authorities that this machine trusts, and `*.crt` of the
 * registry's own folder; from there also `*.cert` and `*.key`, to show to it.
 * @param host with port, as the image names it
 */
export async function certificatesFor(host: string): Promise<Certificates> {
  const ca = trustedAuthorities();
  for (const folder of folders(host)) {
    const names = await readdir(folder).catch(() => null);
    if (names === null) continue;
    const own = names.filter((name) => name.endsWith('.crt')).sort();
    for (const name of own) ca.push(await read(join(folder, name)));
    const cert = names.filter((name) => name.endsWith('.cert')).sort()[0];
    if (cert === undefined) return { ca };
    const key = join(folder, cert.replace(/\.cert$/, '.key'));
    return { ca, cert: await read(join(folder, cert)), key: await read(key) };
  }
  return { ca };
}
