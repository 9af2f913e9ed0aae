import { databaseInvalid } from '../fault.ts';
import { databaseIn } from '../places.ts';
import type { InstalledPackage } from '../types.ts';

/** Azure Linux' images without rpm have this list in place of a database. */
export const MANIFEST = databaseIn('var/lib/rpmmanifest')('container-manifest-2$');
export const BESIDE_MANIFEST = databaseIn('var/lib/rpmmanifest')('');

const FIELDS = 10;
/** What `rpm --queryformat` writes for a tag that is not there. */
const NONE = '(none)';

/**
 * Packages of such a list: name, version-release, times of installing and building, vendor, epoch, size, architecture, epoch as a
 * number, source package; with tabs between them.
 * @throws TwinproofError `image-invalid`
 */
export function parseManifest(bytes: Uint8Array, path: string): InstalledPackage[] {
  const all = new TextDecoder().decode(bytes).split('\n');
  return all.flatMap((line, number) => {
    if (line === '') return [];
    const fields = line.split('\t');
    const [name = '', version = '', , , vendor = NONE, epoch = NONE, , architecture = '', , source = NONE] =
      fields;
    const isWhole =
      fields.length === FIELDS && name !== '' && version.includes('-') && /^(?:\d+|\(none\))$/.test(epoch);
    if (!isWhole)
      throw databaseInvalid(`${path}:${number + 1}`, 'this line is no package of an rpm manifest');
    if (name === 'gpg-pubkey' && architecture === NONE) return [];
    return [
      {
        name,
        version: epoch === NONE ? version : `${epoch}:${version}`,
        architecture: architecture === NONE ? '' : architecture,
        ...(source === NONE ? {} : { source }),
        ...(vendor === NONE ? {} : { vendor }),
      },
    ];
  });
}
