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

/** A file of the journal: what dpkg had not yet written to its status when the image was taken. */
export const UPDATE_FILE = inDpkg('updates/\\d+$');

/** What a stanza says of a package. */
interface Entry {
  name: string;
  architecture: string;
  /** Null where it says that the package is not there. */
  installed: InstalledPackage | null;
}

/**
 * Packages of a dpkg status file, or of one file of the `status.d` that images without dpkg carry (there, the status
 * is usually left out). Half-installed and unpacked packages count: their files are in the image. A stanza with neither
 * status nor version is of a package that is not installed, as dpkg has it.
 * @throws TwinproofError `image-invalid`
 */
export const parseDpkgStatus = (bytes: Uint8Array, path: string): InstalledPackage[] =>
  entriesOf(bytes, path).flatMap(({ installed }) => installed ?? []);

function entriesOf(bytes: Uint8Array, path: string): Entry[] {
  const text = new TextDecoder().decode(bytes);
  if (STATUS_FILE.test(path) && text.startsWith('#!')) return [];
  const entries: Entry[] = [];
  for (const stanza of readStanzas(text, { where: path, fields: FIELDS })) {
    const state = stanza.get('status')?.split(/\s+/).at(-1);
    const unknown = stanza.has('package') && !stanza.has('status') && !stanza.has('version');
    const isAbsent = unknown || (state !== undefined && ABSENT.has(state));
    const installed = isAbsent ? null : installedPackage(stanza, path);
    const [name = '', architecture = ''] = [stanza.get('package'), stanza.get('architecture')];
    entries.push({ name, architecture, installed });
  }
  return entries;
}

/**
 * Packages after the journal, whose files each replace what the status and earlier files say of the same package.
 * @param updates the files of the journal, in their order
 * @throws TwinproofError `image-invalid`
 */
export function afterUpdates(
  installed: readonly InstalledPackage[],
  updates: readonly (readonly [path: string, bytes: Uint8Array])[],
): InstalledPackage[] {
  if (updates.length === 0) return [...installed];
  const byName = Map.groupBy(installed, ({ name }) => name);
  for (const [path, bytes] of updates) {
    for (const entry of entriesOf(bytes, path)) {
      // A package for all architectures takes the place of one of the machine's own, and the other way round.
      const others = (byName.get(entry.name) ?? []).filter(
        ({ architecture }) =>
          architecture !== entry.architecture && architecture !== 'all' && entry.architecture !== 'all',
      );
      byName.set(entry.name, entry.installed === null ? others : [...others, entry.installed]);
    }
  }
  return [...byName.values()].flat();
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
