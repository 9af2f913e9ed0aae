import type { EntryDiff } from '../compare/types.ts';
import type { DifferenceSite } from './types.ts';

/** Files that differ, by the digests of their contents: what quotes one of them follows from it. */
export class Contents {
  readonly #byDigest = new Map<string, string>();
  readonly #names = new Set<string>();

  constructor(entries: readonly EntryDiff[]) {
    for (const { path, a, b, change } of entries) {
      if (change !== 'changed' || a?.sha256 === undefined || b?.sha256 === undefined || a.sha256 === b.sha256)
        continue;
      for (const digest of forms(a.sha256)) this.#byDigest.set(digest, path);
      const name = path.split('/').at(-1) ?? '';
      if (name.length > 2) this.#names.add(name);
    }
  }

  /** The path whose digest the site quotes, or null. */
  source(site: DifferenceSite, own: string): string | null {
    if (this.#byDigest.size === 0) return null;
    for (const word of site.a.match(/[A-Za-z0-9+/_=-]{16,}/g) ?? []) {
      const path = this.#byDigest.get(word.replace(/^sha256[-=:]/, '').replace(/=+$/, ''));
      if (path !== undefined && path !== own) return path;
    }
    if (!/^[0-9a-f]{32,128}$/i.test(site.a) || !/^[0-9a-f]{32,128}$/i.test(site.b)) return null;
    // A list such as md5sums or SHA512SUMS: another digest, and the name of a file that differs.
    return site.lineA.split(/[\s*()/]+/).find((word) => this.#names.has(word)) ?? null;
  }
}

/** A sha256 as hex, as base64 and as URL-safe base64 (as pip has it), without padding. */
function forms(hex: string): string[] {
  const bytes = Buffer.from(hex, 'hex');
  return [hex, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}
