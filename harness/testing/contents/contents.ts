import { scratch, writeLayout, type TestImage } from '../oci/image.ts';
import { openImage } from '../../oci/open.ts';
import { tar, type TestEntry } from '../oci/tar/tar.ts';
import { inventoryOf } from '../../contents/inventory.ts';
import type { Inventory } from '../../contents/types.ts';

/** Inventories of images that are made up for tests. */

export const file = (name: string, content = '', mode = 0o644): TestEntry => ({ name, content, mode });

/** Stanzas of a dpkg status file. */
export const dpkgStatus = (packages: Record<string, string>): string =>
  Object.entries(packages)
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`,
    )
    .join('\n');

/** The files with which dpkg says that a package is installed and what is its. */
export function installed(packages: Record<string, { version: string; files: string[] }>): TestEntry[] {
  const versions = Object.fromEntries(Object.entries(packages).map(([name, { version }]) => [name, version]));
  const lists = Object.entries(packages).map(([name, { files }]) =>
    file(`var/lib/dpkg/info/${name}.list`, files.map((path) => `/${path}\n`).join('')),
  );
  return [file('var/lib/dpkg/status', dpkgStatus(versions)), ...lists];
}

export const OS_RELEASE = file('usr/lib/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n');

export async function inventory(layers: TestEntry[][], config: TestImage['config'] = {}): Promise<Inventory> {
  await using folder = await scratch();
  const image = await openImage(
    await writeLayout(folder.path, { layers: layers.map((entries) => tar(entries)), config }),
  );
  try {
    return await inventoryOf(image);
  } finally {
    await image.close();
  }
}
