import type { ClaimDeclaration } from '../model/claim.ts';
import type { Registry } from '../model/registry.ts';
import { ECOSYSTEMS, type Ecosystems } from '../packages/registry.ts';
import { catalogInvalid, printable } from './complaints.ts';
import type { Complaint } from './complaints.ts';
import { lastCommitTime } from './git.ts';
import { insideRoot } from './paths.ts';
import type { PathKind } from './paths.ts';
import type { CatalogPlace } from './types.ts';
import type { YamlSource } from './yaml-source.ts';

type CommitTime = Awaited<ReturnType<typeof lastCommitTime>>;

/** One catalog file being read: collects what is wrong with it, so that all of it is reported at once. */
export class Loading {
  readonly root: string;
  readonly source: YamlSource;
  /** The claims that can be checked. */
  readonly claims: Registry<ClaimDeclaration>;
  /** Of which packages there can be locks. */
  readonly ecosystems: Ecosystems;
  readonly #complaints: Complaint[];
  readonly #commitTimes = new Map<string, Promise<CommitTime>>();

  /** @param complaints what is known to be wrong already */
  constructor(
    root: string,
    source: YamlSource,
    complaints: Complaint[],
    { claims, ecosystems = ECOSYSTEMS }: { claims: Registry<ClaimDeclaration>; ecosystems?: Ecosystems },
  ) {
    this.root = root;
    this.claims = claims;
    this.ecosystems = ecosystems;
    this.source = source;
    this.#complaints = complaints;
  }

  complain(at: readonly PropertyKey[], text: string): void {
    this.#add(this.source.placeOf(at), text);
  }

  complainOfKey(at: readonly PropertyKey[], text: string): void {
    this.#add(this.source.placeOfKey(at), text);
  }

  #add(place: CatalogPlace, text: string): void {
    // One fault that several subjects share, in `builder` or `defaults`, is reported once.
    if (this.#complaints.some((known) => known.text === text && known.place.line === place.line)) return;
    this.#complaints.push({ place, text });
  }

  /** The real, absolute path of what the file names at `at`; null after a complaint. */
  async resolve(path: string, kind: PathKind, at: readonly PropertyKey[]): Promise<string | null> {
    const result = await insideRoot(this.root, path, kind);
    if ('path' in result) return result.path;
    this.complain(at, `${printable(path.slice(0, 200))} ${result.fault}`);
    return null;
  }

  /** When a folder was last committed; git is asked once for each. */
  commitTime(folder: string): Promise<CommitTime> {
    const known = this.#commitTimes.get(folder) ?? lastCommitTime(folder);
    this.#commitTimes.set(folder, known);
    return known;
  }

  /** @throws TwinproofError `catalog-invalid` with all complaints, if there are any */
  finish(): void {
    if (this.#complaints.length > 0) throw catalogInvalid(this.#complaints);
  }
}
