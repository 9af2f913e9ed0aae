import type { CauseDefinition } from '../cause.ts';
import { inApk } from '../../packages/apk/places.ts';
import { inDpkg } from '../../packages/dpkg/places.ts';
import { claimOf } from '../claim.ts';
import type { DifferenceSite } from '../types.ts';

const FIX = 'pin what is installed: npx twinproof lock, a snapshot of the archive, the base image by digest';

const LISTS: readonly RegExp[] = [
  inDpkg('status(?:$|\\.d/)', '(?:^|/)'),
  inApk('installed$', '(?:^|/)'),
  /\.dist-info\/METADATA$|\.egg-info\/PKG-INFO$|(?:^|\/)(?:etc\/os-release|usr\/lib\/os-release)$|\/package\.json$|\.gemspec$/,
];
const VERSION = /^(?:Version: |V:|VERSION(?:_ID)?=|\s*"version": |PRETTY_NAME=)/;

const isVersion = ({ lineA, lineB }: DifferenceSite): boolean => VERSION.test(lineA) && VERSION.test(lineB);

/** A field of a package database that names a version. */
const isVersionField = ({ kind, name }: DifferenceSite): boolean =>
  kind === 'field' && /^(?:evr|version|release)$/i.test(name);

const NAMES: readonly RegExp[] = [
  // Python distributions, Ruby gems, libraries, archives of packages, kernel modules: name, version, rest.
  /^(.*\/)?([\w.]+?)-(\d[\w.+!]*)(\.(?:dist|egg)-info(?:\/.*)?)$/,
  /^(.*\/(?:gems|specifications|extensions)\/(?:.*\/)?)([\w-]+?)-(\d+(?:\.\d+)+[\w.]*?)((?:\.gemspec|\/.*)?)$/,
  /^(.*\/)?(lib[\w+.-]*?\.so)\.(\d+(?:\.\d+)+)()$/,
  /^(.*\/)?([\w+-]+?)[-_](\d+(?:\.\d+)+[\w.+~-]*?)(\.(?:jar|whl|gem|tgz|crate|deb|rpm|tar\.\w+))$/,
  /^(.*lib\/modules\/)()(\d+\.\d+[^/]*)((?:\/.*)?)$/,
];

/** One file of one name under two versions. */
function otherName({ format, lineA, lineB }: DifferenceSite): boolean {
  if (format !== 'name') return false;
  return NAMES.some((form) => {
    const [one, other] = [form.exec(lineA), form.exec(lineB)];
    const same = [1, 2, 4].every((part) => one?.[part] === other?.[part]);
    return one !== null && other !== null && same && one[3] !== other[3];
  });
}

/** Another version of a package. */
export const packageDrift: CauseDefinition = {
  id: 'package-drift',
  covers: 'another package version, or another base layer',
  fix: FIX,
  explain({ entry, sites, drift }) {
    if (drift !== '') {
      const where = entry.change === 'changed' ? 'it' : `only in ${entry.a === null ? 'B' : 'A'}; it`;
      return { confidence: 'likely', evidence: `${where} belongs to ${drift}`, fix: FIX, sites, whole: true };
    }
    const named = sites.filter(otherName);
    if (named.length > 0) {
      const claim = claimOf(named, 'likely', { why: 'another version in its name', fix: FIX });
      return claim === null ? null : { ...claim, sites, whole: true };
    }
    const isList = LISTS.some((pattern) => pattern.test(entry.path));
    if (!isList && !/(?:^|\/)rpm\/|(?:^|\/)dpkg\//.test(entry.path)) return null;
    const versions = sites.filter((site) => (isList && isVersion(site)) || isVersionField(site));
    const claim = claimOf(versions, 'likely', { why: 'another version of a package', fix: FIX });
    // Everything else in such a list follows from the version.
    return claim === null ? null : { ...claim, sites, whole: true };
  },
};
