import { escapeText } from '../oci/escape.ts';
import type { Inventory, UnownedFile } from '../contents/types.ts';

/** Files that people want to see at once. */
const SHOWN = 20;

const KINDS: Record<UnownedFile['why'], string> = {
  database: 'package databases',
  generated: 'made while packages were installed',
  configuration: 'configuration below /etc',
  state: 'state below /var',
  copied: 'put there by COPY or ADD',
  unlisted: 'not known, as the database does not list the files of all packages',
  dark: 'dark: nothing explains them',
};

/** The value that most packages share, and how many have it. */
function counted(values: readonly (string | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const value of values) {
    const key = value ?? 'not said';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([value, count]) => `${escapeText(value)} ${count}`)
    .join(', ');
}

/** An inventory for people: how many packages of which kind, and which files belong to none. */
export function inventoryText(inventory: Inventory): string {
  const { image, distribution, databases, packages, files, unowned, withoutList } = inventory;
  const name = distribution?.name ?? distribution?.id ?? 'not said (no os-release)';
  const lines = [
    `image         ${image.manifest} (${image.os}/${image.architecture})`,
    `distribution  ${escapeText(name)}`,
    ...databases.map(
      ({ format, paths, packages: count }) =>
        `packages      ${count} in ${format}, ${escapeText(paths[0] ?? '')}${paths.length > 1 ? ` and ${paths.length - 1} more files` : ''}`,
    ),
    ...(databases.length === 0 ? ['packages      no package database (dpkg, rpm, apk)'] : []),
  ];
  if (packages.some(({ vendor }) => vendor !== undefined))
    lines.push(`vendors       ${counted(packages.map(({ vendor }) => vendor))}`);
  if (packages.some(({ signedBy }) => signedBy !== undefined))
    lines.push(
      `keys          ${counted(packages.map(({ signedBy }) => signedBy))} (named by the signatures, not verified)`,
    );
  if (withoutList > 0) lines.push(`without list  ${withoutList} packages, of whose files nothing is known`);
  lines.push(`files         ${files.total}, of which ${files.owned} belong to packages`);
  for (const [why, text] of Object.entries(KINDS) as [UnownedFile['why'], string][])
    if (files[why] > 0) lines.push(`${String(files[why]).padStart(8)}      ${text}`);
  const dark = unowned.filter(({ why }) => why === 'dark');
  for (const { path, layer, instruction } of dark.slice(0, SHOWN)) {
    const made =
      instruction === null || instruction.createdBy === '' ? '' : `: ${escapeText(instruction.createdBy)}`;
    lines.push(`  dark ${escapeText(path)} (layer ${layer}${made})`);
  }
  if (dark.length > SHOWN) lines.push(`  and ${dark.length - SHOWN} more; --format json lists all`);
  return `${lines.join('\n')}\n`;
}
