import type { ClaimPath, Ecosystem, Read } from '../ecosystem.ts';
import { database, lines } from '../files.ts';
import { parseApkInstalled } from './apk-installed.ts';
import { inApk } from './places.ts';

const INSTALLED = inApk('installed$');

/** Stanzas with P: name and V: version, then F: folder and R: file in it. */
function readOwners(paths: readonly string[], read: Read, claim: ClaimPath): void {
  for (const path of paths.filter((name) => INSTALLED.test(name))) {
    const bytes = read(path) ?? new Uint8Array();
    // Only what the strict reader accepts is taken at its word.
    parseApkInstalled(bytes, path);
    let owner = { name: '', version: '' };
    let folder = '';
    for (const line of lines(bytes)) {
      const value = line.slice(2);
      if (line === '') owner = { name: '', version: '' };
      else if (line.startsWith('P:')) owner = { ...owner, name: value };
      else if (line.startsWith('V:')) owner = { ...owner, version: value };
      else if (line.startsWith('F:')) folder = value;
      else if (line.startsWith('R:')) claim(folder === '' ? value : `${folder}/${value}`, owner);
    }
  }
}

/** Alpine and what derives from it. */
export const apk: Ecosystem = {
  id: 'apk',
  purlType: 'apk',
  databases: '`installed` of `/lib/apk/db`, `/usr/lib/apk/db`, `/usr/lib/sysimage/apk/db`',
  belongs: inApk(''),
  read: {
    paths: INSTALLED,
    packages: (files) =>
      [...files].map(([path, bytes]) => database('apk', [path], parseApkInstalled(bytes, path))),
  },
  owners: { paths: INSTALLED, readers: [readOwners] },
  // `6.6.58-r0` of linux-lts calls itself `6.6.58-0-lts`.
  kernel: ({ name, version }, { release }) =>
    name === `linux-${release.split('-').at(-1) ?? ''}` &&
    release === `${version.replace(/-r(\d+)$/, '-$1')}-${name.replace('linux-', '')}`
      ? true
      : null,
};
