import type { LockedFile } from './types.ts';

/** Hex digits by algorithm: what rpm repositories and Hermeto know, under the names that both use. */
const HEX_LENGTH = new Map([
  ['md5', 32],
  ['sha1', 40],
  ['sha224', 56],
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/** Other content with the same checksum can be made to measure. */
const BROKEN = new Set(['md5', 'sha1']);

/** Algorithms that tell content apart; the cache has a folder for each. */
export const STRONG_ALGORITHMS = [...HEX_LENGTH.keys()].filter((algorithm) => !BROKEN.has(algorithm));

export const algorithmOf = (checksum: string): string => checksum.split(':', 1)[0] ?? '';

/** `<algorithm>:<hex>` in lower case; null for what is no checksum. */
export function normalChecksum(text: string): string | null {
  const match = /^([a-z0-9]+):([0-9a-f]+)$/.exec(text.toLowerCase());
  return match?.[1] !== undefined && HEX_LENGTH.get(match[1]) === match[2]?.length ? match[0] : null;
}

/** The checksum that proves a file's content; null where the lock has none that does. */
export function pinOf({ checksum }: Pick<LockedFile, 'checksum'>): string | null {
  return checksum === undefined || BROKEN.has(algorithmOf(checksum)) ? null : checksum;
}

/** Why a file is not known to be the one that was locked; null where its checksum proves it. */
export function whyUnverified(file: Pick<LockedFile, 'checksum'>): string | null {
  if (pinOf(file) !== null) return null;
  return file.checksum === undefined
    ? 'the lock has no checksum'
    : `the lock has only ${algorithmOf(file.checksum)}, which proves nothing`;
}
