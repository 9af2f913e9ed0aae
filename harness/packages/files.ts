import { compareText } from '../model/text-order.ts';
import type { InstalledPackage, PackageDatabase } from './types.ts';

/** Lines of a list in an image, whose names are bytes. */
export function lines(bytes: Uint8Array | null): string[] {
  return bytes === null ? [] : Buffer.from(bytes).toString('latin1').split('\n');
}

export function database(format: string, paths: string[], packages: InstalledPackage[]): PackageDatabase {
  return { format, paths, packages: packages.toSorted(comparePackages) };
}

/** By text, not by the order of versions: it only has to be the same every time. */
function comparePackages(a: InstalledPackage, b: InstalledPackage): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.architecture, b.architecture)
  );
}
