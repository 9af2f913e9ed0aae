import type { Ecosystem, Files } from '../ecosystem.ts';
import { database } from '../files.ts';
import { anyOf } from '../places.ts';
import type { PackageDatabase } from '../types.ts';
import { readDebFile } from './deb-archive.ts';
import { compareDebVersions } from './deb-version.ts';
import { afterUpdates, parseDpkgStatus, STATUS_FILE, UPDATE_FILE } from './dpkg-status.ts';
import { leavesOutLinks, OWNERSHIP, readLists, readStatusFolder, withoutList } from './owners.ts';
import { inDpkg } from './places.ts';

/** One database, however many files it is in. */
function packages(files: Files): PackageDatabase[] {
  const { updates = [], status = [] } = Object.groupBy(files, ([path]) =>
    UPDATE_FILE.test(path) ? 'updates' : 'status',
  );
  const installed = status.flatMap(([path, bytes]) => parseDpkgStatus(bytes, path));
  return [database('dpkg', [...files.keys()], afterUpdates(installed, updates))];
}

/** Debian and what derives from it. */
export const dpkg: Ecosystem = {
  id: 'dpkg',
  purlType: 'deb',
  databases:
    '`status` and `status.d` of `/var/lib/dpkg`, `/usr/lib/sysimage/dpkg`, `/usr/lib/dpkg`, `/usr/share/dpkg/database`',
  // `usr/lib/dpkg` has programs of dpkg's, too.
  belongs: inDpkg(
    '(?:status|available|diversions|statoverride|arch(?:-native)?$|cmethopt$|lock|info/|updates/|triggers/|alternatives/|parts/)',
  ),
  read: { paths: anyOf(inDpkg('status$'), STATUS_FILE, UPDATE_FILE), packages },
  owners: { paths: OWNERSHIP, readers: [readLists, readStatusFolder] },
  withoutFiles: withoutList,
  leavesOutLinks,
  kernel: ({ name, version }, running) =>
    name === `linux-image-${running.release}` ? running.version.split(/[\s()]+/).includes(version) : null,
  lock: {
    kind: 'deb',
    stem: 'debs',
    vendor: 'twinproof',
    complete: true,
    oneVersion: true,
    sortBy: 'name',
    compareVersions: compareDebVersions,
    architectureIn: (file) => /_([a-z0-9-]+)\.u?deb$/.exec(file)?.[1] ?? null,
    kernelIn: (path, release) => readDebFile(path, `boot/vmlinuz-${release}`),
  },
};
