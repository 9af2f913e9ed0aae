import type { EntryDiff } from '../compare/types.ts';
import type { DifferenceSite } from './types.ts';

/** A file that differs; where only its name was found beside a digest, that may be all. */
export interface Source {
  path: string;
  /** The digests of both sides are those of the file. */
  recomputed: boolean;
}

/** Files that differ, by the digests of their contents: what quotes one of them follows from it. */
export class Contents {
  readonly #byDigest = new Map<string, string>();
  readonly #after = new Map<string, string[]>();
  readonly #names = new Set<string>();
  readonly #byBuildId = new Map<string, string>();

  constructor(entries: readonly EntryDiff[]) {
    for (const { path, a, b, change, inside } of entries) {
      // What was stripped from a program lies beside it, with the same build-id.
      const id = inside?.fields.find(({ field }) => field === 'build-id');
      if (id !== undefined && inside?.children.length !== 0) this.#byBuildId.set(pairKey(id), path);
      if (change !== 'changed' || a?.sha256 === undefined || b?.sha256 === undefined || a.sha256 === b.sha256)
        continue;
      for (const digest of forms(a.sha256)) this.#byDigest.set(digest, path);
      this.#after.set(path, forms(b.sha256));
      const name = path.split('/').at(-1) ?? '';
      if (name.length > 2) this.#names.add(name);
    }
  }

  /** The file whose digest the site is, or of a part of which; null where it is none that is known. */
  source(site: DifferenceSite, own: string): Source | null {
    if (site.follows !== undefined) return { path: site.follows.split(' > ')[0] ?? '', recomputed: true };
    const twin = site.name === 'build-id' ? this.#byBuildId.get(pairKey(site)) : undefined;
    if (twin !== undefined && twin !== own) return { path: twin, recomputed: true };
    if (this.#byDigest.size === 0) return null;
    for (const word of site.a.match(/[A-Za-z0-9+/_=-]{16,}/g) ?? []) {
      const path = this.#byDigest.get(word.replace(/^sha256[-=:]/, '').replace(/=+$/, ''));
      if (path !== undefined && path !== own) return { path, recomputed: this.#isAfter(path, site.b) };
    }
    if (!/^[0-9a-f]{32,128}$/i.test(site.a) || !/^[0-9a-f]{32,128}$/i.test(site.b)) return null;
    // A list such as md5sums or SHA512SUMS: another digest, and the name of a file that differs.
    const name = site.lineA.split(/[\s*()/]+/).find((word) => this.#names.has(word));
    return name === undefined ? null : { path: name, recomputed: false };
  }

  #isAfter(path: string, text: string): boolean {
    return (this.#after.get(path) ?? []).some((digest) => text.includes(digest));
  }
}

const pairKey = ({ a, b }: { a: string | null; b: string | null }): string => `${a} ${b}`;

/** A sha256 as hex, as base64 and as URL-safe base64 (as pip has it), without padding. */
function forms(hex: string): string[] {
  const bytes = Buffer.from(hex, 'hex');
  return [hex, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}
