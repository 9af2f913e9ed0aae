import { TwinproofError } from '../../errors.ts';
import { quote } from '../../lock/quote.ts';
import { urlFault } from '../../lock/url.ts';
import { readStanzas } from '../../packages/dpkg/deb-stanza.ts';
import type { Stanza } from '../../packages/dpkg/deb-stanza.ts';
import { compareDebVersions } from '../../packages/dpkg/deb-version.ts';
import { isWithin, parseRelations } from './dependency.ts';
import type { Relation } from './dependency.ts';
import type { DebRepo } from './input.ts';

/** A package as a Packages index describes it; relations are not read until somebody asks. */
export interface DebPackage {
  name: string;
  version: string;
  url: string;
  repoid: string;
  size: number;
  sha256: string;
  /** Name and version of the source package. */
  source: { name: string; version: string };
  required: boolean;
  /** 0 for required, growing as it is less important. */
  priority: number;
  fields: Stanza;
}

/** `version` is null where a virtual package is provided in no version. */
interface Provider {
  by: DebPackage;
  version: string | null;
}

const FIELDS = new Set([
  'package',
  'version',
  'filename',
  'size',
  'sha256',
  'source',
  'essential',
  'priority',
  'pre-depends',
  'depends',
  'provides',
  'conflicts',
  'breaks',
]);
const PRIORITIES = ['required', 'important', 'standard', 'optional'];

/** The packages of all suites for one architecture. */
export class PackageIndex {
  /** Highest version first. */
  readonly #byName: Map<string, DebPackage[]>;
  readonly #providers: Map<string, Provider[]>;
  readonly #pinned = new Map<string, DebPackage>();

  /** @param shared index whose packages it has; the pins are its own */
  constructor(shared?: PackageIndex) {
    this.#byName = shared === undefined ? new Map<string, DebPackage[]>() : shared.#byName;
    this.#providers = shared === undefined ? new Map<string, Provider[]>() : shared.#providers;
  }

  /** @throws TwinproofError input-mismatch for an index that is broken or points out of its archive */
  add(text: string, repo: DebRepo, where: string): void {
    for (const stanza of readStanzas(text, { where, code: 'input-mismatch', fields: FIELDS })) {
      const found = readPackage(stanza, repo, where);
      const others = this.#byName.get(found.name);
      if (others === undefined) this.#byName.set(found.name, [found]);
      else others.push(found);
    }
  }

  /** Sorts; call it once, after the last `add`. */
  finish(): void {
    for (const versions of this.#byName.values()) {
      versions.sort((a, b) => compareDebVersions(b.version, a.version));
      const [best] = versions;
      if (best === undefined) continue;
      for (const [relation] of parseRelations(best.fields.get('provides') ?? '')) {
        if (relation === undefined) continue;
        const version = relation.operator === '=' ? relation.version : null;
        this.#providers.set(relation.name, [
          ...(this.#providers.get(relation.name) ?? []),
          { by: best, version },
        ]);
      }
    }
  }

  /** The version to take, or null: the highest, unless another one was asked for. */
  candidate(name: string): DebPackage | null {
    return this.#pinned.get(name) ?? this.#byName.get(name)?.[0] ?? null;
  }

  /** Makes one version the candidate. @returns null when there is no such version */
  pin(name: string, version: string): DebPackage | null {
    const found = this.#byName.get(name)?.find((entry) => entry.version === version) ?? null;
    if (found !== null) this.#pinned.set(name, found);
    return found;
  }

  /** Versions that there are, highest first. */
  versions(name: string): string[] {
    return (this.#byName.get(name) ?? []).map(({ version }) => version);
  }

  /** Candidates that provide a virtual package, most important first, then by name. */
  providers(relation: Relation): DebPackage[] {
    const found = (this.#providers.get(relation.name) ?? []).filter(
      ({ by, version }) =>
        this.candidate(by.name) === by &&
        (relation.operator === null || (version !== null && isWithin(version, relation))),
    );
    return found
      .map(({ by }) => by)
      .toSorted((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1));
  }

  required(): DebPackage[] {
    return [...this.#byName.keys()]
      .flatMap((name) => this.candidate(name) ?? [])
      .filter(({ required }) => required);
  }
}

function readPackage(stanza: Stanza, repo: DebRepo, where: string): DebPackage {
  const field = (name: string): string => stanza.get(name) ?? '';
  const [name, version, size, sha256] = [field('package'), field('version'), field('size'), field('sha256')];
  const url = repo.baseurl + field('filename');
  const sound =
    /^[A-Za-z0-9][A-Za-z0-9+.-]*$/.test(name) &&
    /^[A-Za-z0-9][A-Za-z0-9.+~:-]*$/.test(version) &&
    /^[0-9]{1,12}$/.test(size) &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    urlFault(url) === null;
  if (!sound) throw new TwinproofError('input-mismatch', `the entry of ${quote(name)} is broken`, { where });
  const priority = PRIORITIES.indexOf(field('priority'));
  return {
    name,
    version,
    url,
    repoid: repo.repoid,
    size: Number(size),
    sha256,
    source: readSource(field('source'), name, version),
    required: field('essential') === 'yes' || priority === 0,
    priority: priority === -1 ? PRIORITIES.length : priority,
    fields: stanza,
  };
}

/** `Source: name (version)`; left out where it is the same as the package's. */
function readSource(text: string, name: string, version: string): DebPackage['source'] {
  const match = /^(\S+)(?:\s+\((\S+)\))?$/.exec(text);
  return { name: match?.[1] ?? name, version: match?.[2] ?? version };
}
