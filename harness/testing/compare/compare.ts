import { openImage } from '../../oci/open.ts';
import { scratch, writeLayout, type TestImage } from '../oci/image.ts';
import { tar, type TestEntry } from '../oci/tar/tar.ts';
import { compareImages } from '../../compare/compare.ts';
import type { CompareOptions, DiffResult } from '../../compare/types.ts';

/** Makes pairs of images for tests and compares them. */

export async function compare(a: TestImage, b: TestImage, options: CompareOptions = {}): Promise<DiffResult> {
  await using one = await scratch();
  await using other = await scratch();
  return await compareImages(
    await openImage(await writeLayout(one.path, a)),
    await openImage(await writeLayout(other.path, b)),
    options,
  );
}

export const layered = (...layers: TestEntry[][]): TestImage => ({
  layers: layers.map((entries) => tar(entries)),
});

/** What is named, in short: `path: field field`. */
export const named = ({ entries }: DiffResult): string[] =>
  entries.map(({ path, change, fields }) => `${path}: ${change === 'changed' ? fields.join(' ') : change}`);

export const base: TestEntry[] = [
  { name: 'etc/', type: 'dir', mode: 0o755, mtime: '1700000000' },
  { name: 'etc/file', content: 'hello', mtime: '1700000000', mode: 0o755 },
  { name: 'etc/link', type: 'symlink', linkname: 'file', mtime: '1700000000' },
  { name: 'etc/other', content: 'hello', mtime: '1700000000' },
  { name: 'etc/hard', type: 'hardlink', linkname: 'etc/file', mtime: '1700000000', mode: 0o755 },
  { name: 'etc/sda', type: 'blockdev', major: 8, minor: 0, mtime: '1700000000' },
  { name: 'etc/empty', mtime: '1700000000' },
  { name: 'etc/last', content: 'z', mtime: '1700000000', xattrs: { 'user.a': 'one' } },
];

export function changed(name: string, change: Partial<TestEntry>): TestEntry[] {
  return base.map((entry) => (entry.name === name ? { ...entry, ...change } : entry));
}

export const swapped = base.map((entry, at) =>
  at === 1 ? base[3] : at === 3 ? base[1] : entry,
) as TestEntry[];
