import type { Origin } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import type { LockedFile } from '../lock/types.ts';
import { fileNameOf } from '../lock/url.ts';
import type { TransferFault } from '../net/transfer-fault.ts';

/** How an origin did not give a file. */
export interface Tried {
  url: string;
  kind: 'wrong' | TransferFault['kind'];
  tries: number;
  /** What was wrong, in words. */
  note: string;
}

/** Where a file may be: its own URL, then the same path under every mirror of an origin that it starts with. */
export function candidateUrls(url: string, origins: Origin[]): string[] {
  const mirrored = origins
    .filter((origin) => url.startsWith(origin.url))
    .flatMap((origin) => origin.mirrors.map((mirror) => mirror + url.slice(origin.url.length)));
  return [...new Set([url, ...mirrored])];
}

/** A file as a reader knows it: package and version, otherwise the name of the file. */
export function labelOf(file: LockedFile & { name?: string; evr?: string }): string {
  if (file.name !== undefined && file.evr !== undefined) return `${file.name} ${file.evr}`;
  return fileNameOf(file.url) ?? file.url;
}

export function unavailable(file: LockedFile, tried: Tried[]): TwinproofError {
  const gone = tried.every(({ kind }) => kind === 'gone');
  return new TwinproofError('input-unavailable', `${labelOf(file)} cannot be had: ${list(tried)}`, {
    hint: gone
      ? 'refresh the lock with `npx twinproof lock`, or name an archive of old packages under origins'
      : 'check the network, the proxy settings and the origins',
  });
}

export function mismatch(file: LockedFile, tried: Tried[]): TwinproofError {
  const message = `${labelOf(file)} is not what the lock says: ${list(tried)}`;
  return new TwinproofError('input-mismatch', message, {
    hint: 'the lock is wrong or the origin was changed; compare with a second origin before refreshing the lock',
  });
}

function list(tried: Tried[]): string {
  return tried
    .map(({ url, note, tries }) => `${url}: ${note}${tries > 1 ? ` (${tries} tries)` : ''}`)
    .join('; ');
}
