import { readFiles } from '../../oci/layers/files.ts';
import type { OciImage } from '../../oci/types.ts';

export const OS_RELEASE = 'usr/lib/os-release';
const ASSIGNMENT = /^IMAGE_VERSION=(["']?)([^"'\n]+)\1$/m;

/** The text of an image's os-release(5); empty without. */
export async function osReleaseOf(image: OciImage): Promise<string> {
  const found = (await readFiles(image, (path) => path === OS_RELEASE)).get(OS_RELEASE);
  return Buffer.from(found ?? []).toString('utf8');
}

/** IMAGE_VERSION in such a text; null without. */
export const imageVersion = (osRelease: string): string | null => ASSIGNMENT.exec(osRelease)?.[2] ?? null;

/**
 * What is laid over an image for it to be of another version, content by path; nothing where it is of none.
 * @param version the other one
 */
export const ofVersion = (osRelease: string, version: string): Map<string, string> =>
  imageVersion(osRelease) === null
    ? new Map<string, string>()
    : new Map([[OS_RELEASE, osRelease.replace(ASSIGNMENT, () => `IMAGE_VERSION="${version}"`)]]);

/**
 * A version before another one: with the last number in it that is not 0 one less. Null where there is none. What else sorts
 * before, by "~", is no version for systemd-sysupdate 257.
 */
export function versionBefore(version: string): string | null {
  const [, before, number, after] = /^(.*?)(\d*[1-9]\d*)([^1-9]*)$/.exec(version) ?? [];
  if (before === undefined || number === undefined || after === undefined) return null;
  return `${before}${String(BigInt(number) - 1n).padStart(number.length, '0')}${after}`;
}

/** A version after another one, by UAPI.10, Version Format Specification. */
export const versionAfter = (version: string, steps = 1): string => `${version}.${steps}`;
