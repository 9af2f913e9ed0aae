import { claimOf } from '../claim.ts';
import type { Explainer, Spot } from '../types.ts';

const FIX = 'pin what is installed: twinproof lock, a snapshot of the archive, the base image by digest';

const LIST =
  /(?:^|\/)var\/lib\/dpkg\/status(?:$|\.d\/)|(?:^|\/)lib\/apk\/db\/installed$|\.dist-info\/METADATA$|\.egg-info\/PKG-INFO$|(?:^|\/)(?:etc\/os-release|usr\/lib\/os-release)$|\/package\.json$|\.gemspec$/;
const VERSION = /^(?:Version: |V:|VERSION(?:_ID)?=|\s*"version": |PRETTY_NAME=)/;

const isVersion = ({ lineA, lineB }: Spot): boolean => VERSION.test(lineA) && VERSION.test(lineB);

/** A field of a package database that names a version. */
const isVersionField = ({ kind, name }: Spot): boolean =>
  kind === 'field' && /^(?:evr|version|release)$/i.test(name);

/** Another version of a package. */
export const packageDrift: Explainer = {
  id: 'package-drift',
  explain({ entry, spots }) {
    if (!LIST.test(entry.path) && !/(?:^|\/)rpm\/|(?:^|\/)dpkg\//.test(entry.path)) return null;
    const versions = spots.filter(
      (spot) => (LIST.test(entry.path) && isVersion(spot)) || isVersionField(spot),
    );
    const claim = claimOf(versions, 'likely', { why: 'another version of a package', fix: FIX });
    // Everything else in such a list follows from the version.
    return claim === null ? null : { ...claim, spots, whole: true };
  },
};
