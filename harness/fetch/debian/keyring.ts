import { readKeys } from 'openpgp';
import type { PublicKey } from 'openpgp';
import { TwinproofError } from '../../errors.ts';
import type { PinnedFile } from '../../lock/types.ts';
import { readDebFile } from '../../packages/dpkg/deb-archive.ts';

/** Keys of Debian 11 to 13: the root of trust of a lock unless its input names another. */
export const DEBIAN_KEYRING: PinnedFile = {
  url: 'https://deb.debian.org/debian/pool/main/d/debian-archive-keyring/debian-archive-keyring_2023.3+deb12u2_all.deb',
  repoid: 'keyring',
  size: 178_572,
  checksum: 'sha256:f699e2f88dca05212f2a452b58475f2993cb6993dfbafb1d0205a3291eb8b4b8',
};

const KEYRING_PATH = 'usr/share/keyrings/debian-archive-keyring.gpg';

/** Public keys of a debian-archive-keyring package whose checksum was verified. */
export async function readKeyring(deb: string): Promise<PublicKey[]> {
  try {
    return (await readKeys({ binaryKeys: await readDebFile(deb, KEYRING_PATH) })).map((key) =>
      key.toPublic(),
    );
  } catch (cause) {
    if (cause instanceof TwinproofError) throw cause;
    throw new TwinproofError('input-mismatch', 'the keyring package holds no readable keys', { cause });
  }
}
