import { inDpkg } from './places.ts';
import { readStanzas } from './deb-stanza.ts';
import type { Stanza } from './deb-stanza.ts';
import { databaseInvalid } from '../fault.ts';
import type { InstalledPackage } from '../types.ts';

const FIELDS = new Set(['package', 'status', 'version', 'architecture', 'source', 'origin']);

/**
 * What dpkg keeps of a package beside its stanza (deb(5), control members); images without dpkg have some of it in the
 * `status.d`, too: scripts, lists and templates, none of which is a stanza. No package of Debian has such a name, but for
 * `config`: that a file `python3-oslo.config` is a script must be seen by its content.
 */
const BESIDE = 'conffiles|list|md5sums|postinst|postrm|preinst|prerm|shlibs|symbols|templates|triggers';

/** A file of the `status.d` that holds a stanza. */
export const STATUS_FILE = inDpkg(`status\\.d/(?!.*\\.(?:${BESIDE})$)[^/]+$`);

/** dpkg(1), "Package states": in these two, no file of the package is there. */
const ABSENT = new Set(['not-installed', 'config-files']);

/**
 * Packages of a dpkg status file, or of one file of the `status.d` that images without dpkg carry (there, the status
 * is usually left out). Half-installed and unpacked packages count: their files are in the image. A stanza with neither
 * status nor version is of a package that is not installed, as dpkg has it.
 * @throws TwinproofError `image-invalid`
 */
export function parseDpkgStatus(bytes: Uint8Array, path: string): InstalledPackage[] {
  const text = new TextDecoder().decode(bytes);
  if (STATUS_FILE.test(path) && text.startsWith('#!')) return [];
  const packages: InstalledPackage[] = [];
  for (const stanza of readStanzas(text, { where: path, fields: FIELDS })) {
    const state = stanza.get('status')?.split(/\s+/).at(-1);
    const unknown = stanza.has('package') && !stanza.has('status') && !stanza.has('version');
    if (unknown || (state !== undefined && ABSENT.has(state))) continue;
    packages.push(installedPackage(stanza, path));
  }
  return packages;
}

function installedPackage(stanza: Stanza, path: string): InstalledPackage {
  const name = stanza.get('package') ?? '';
  const version = stanza.get('version') ?? '';
  if (name === '' || version === '') throw databaseInvalid(path, 'a package has no name or no version');
  // `Source: name (version)` names the version only where it differs.
  const [, source, sourceVersion] = /^(\S+)(?:\s+\((\S+)\))?/.exec(stanza.get('source') ?? '') ?? [];
  const vendor = stanza.get('origin');
  return {
    name,
    version,
    architecture: stanza.get('architecture') ?? '',
    ...(source === undefined ? {} : { source }),
    ...(sourceVersion === undefined ? {} : { sourceVersion }),
    ...(vendor === undefined || vendor === '' ? {} : { vendor }),
  };
}
