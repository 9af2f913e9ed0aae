import { inDpkg } from '../packages/dpkg/places.ts';
import type { EntryDiff } from '../compare/types.ts';
import { FolderVersions } from './folder-versions.ts';

/** Versions of one package that own something in what differs. */
interface Versions {
  a: Set<string>;
  b: Set<string>;
}

const ADMIN = inDpkg('(?:info|status\\.d)/([^/:]+?)(?::[a-z0-9-]+)?(?:\\.[a-z0-9]+)?$', '(?:^|/)');

/** Packages that the two images have in different versions, by the images' own databases and by manifests of packages. */
export class Drift {
  readonly #packages = new Map<string, Versions>();
  readonly #folders: FolderVersions;

  constructor(entries: readonly EntryDiff[]) {
    this.#folders = new FolderVersions(entries);
    for (const { a, b, packageA, packageB } of entries) {
      if (a !== null && packageA !== undefined && packageA !== null)
        this.#of(packageA.name).a.add(packageA.version);
      if (b !== null && packageB !== undefined && packageB !== null)
        this.#of(packageB.name).b.add(packageB.version);
    }
  }

  #of(name: string): Versions {
    const known = this.#packages.get(name) ?? { a: new Set(), b: new Set() };
    this.#packages.set(name, known);
    return known;
  }

  /** `nginx 1.22.1-9 in A, 1.24.0-1 in B` for what belongs to such a package, else empty. */
  of({ path, packageA, packageB }: EntryDiff): string {
    const name = (packageA ?? packageB)?.name ?? ADMIN.exec(path)?.[1];
    const versions = name === undefined ? undefined : this.#packages.get(name);
    if (name === undefined || versions === undefined) return this.#folders.of(path);
    const [a, b] = [[...versions.a].sort(), [...versions.b].sort()];
    if (a.length === 0 || b.length === 0 || a.join() === b.join()) return '';
    return `${name} ${a.join(' and ')} in A, ${b.join(' and ')} in B`;
  }
}
