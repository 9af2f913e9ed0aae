import { databaseInvalid } from '../fault.ts';
import type { InstalledPackage } from '../types.ts';

const MAX_LINE = 1024 * 1024;

/**
 * Packages of an apk database: blocks of `X:value` lines, of which P is the name, V the version, A the architecture
 * and o the source package (apk-tools, apk-package(5) and its installed database).
 * @throws TwinproofError `image-invalid`
 */
export function parseApkInstalled(bytes: Uint8Array, path: string): InstalledPackage[] {
  const text = new TextDecoder().decode(bytes);
  const packages: InstalledPackage[] = [];
  let fields = new Map<string, string>();
  const endBlock = (): void => {
    if (fields.size > 0) packages.push(installedPackage(fields, path));
    fields = new Map();
  };
  for (let start = 0; start <= text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    if (end - start > MAX_LINE) throw databaseInvalid(path, 'a line is too long');
    const line = text.slice(start, end);
    if (line === '') endBlock();
    else if (line[1] !== ':') throw databaseInvalid(path, 'a line is no "X:value"');
    // The package's own fields come before those of its folders and files, which use other letters.
    else if (!fields.has(line.slice(0, 1))) fields.set(line.slice(0, 1), line.slice(2));
    start = end + 1;
  }
  endBlock();
  return packages;
}

function installedPackage(fields: Map<string, string>, path: string): InstalledPackage {
  const name = fields.get('P') ?? '';
  const version = fields.get('V') ?? '';
  if (name === '' || version === '') throw databaseInvalid(path, 'a package has no name or no version');
  const source = fields.get('o');
  const license = fields.get('L');
  return {
    name,
    version,
    architecture: fields.get('A') ?? '',
    ...(source === undefined ? {} : { source }),
    ...(license === undefined ? {} : { license }),
  };
}
