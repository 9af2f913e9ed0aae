import { TwinproofError } from '../../errors.ts';
import { isWithin, parseRelations, relationText } from './dependency.ts';
import type { Relation } from './dependency.ts';
import type { DebInput } from './input.ts';
import type { DebPackage, PackageIndex } from './package-index.ts';

export interface Closure {
  /** Sorted by name. */
  packages: DebPackage[];
  /** Chosen packages that say they do not go together. */
  conflicts: string[];
}

type Request = Pick<
  DebInput,
  'path' | 'packages' | 'excludePackages' | 'noDependencies' | 'includeEssential'
>;
const MAX_TOLD = 10;

/**
 * The wanted packages with everything they need: `Pre-Depends` and `Depends`, of each the first alternative that is
 * chosen already, else the first that can be had. This is a walk, not a solver: it never goes back on a choice, and
 * conflicts are reported but not resolved.
 * @throws TwinproofError lock-invalid, telling all that cannot be met
 */
export function resolveClosure(index: PackageIndex, request: Request): Closure {
  const walk = new Walk(index, request);
  walk.begin();
  if (!request.noDependencies) walk.followAll();
  return walk.end();
}

class Walk {
  readonly #index: PackageIndex;
  readonly #request: Request;
  readonly #excluded: Set<string>;
  readonly #chosen = new Map<string, DebPackage>();
  /** What the chosen packages provide, each with the version it is provided in. */
  readonly #provided = new Map<string, { by: string; version: string | null }[]>();
  readonly #queue: DebPackage[] = [];
  readonly #problems: string[] = [];

  constructor(index: PackageIndex, request: Request) {
    this.#index = index;
    this.#request = request;
    this.#excluded = new Set(request.excludePackages);
  }

  /** All that is asked for by name comes before any dependency, so that it decides alternatives. */
  begin(): void {
    for (const { name, version } of this.#request.packages) {
      const found = version === null ? this.#index.candidate(name) : this.#index.pin(name, version);
      if (found === null) this.#problems.push(this.#notThere(name, version));
      else this.#choose(found);
    }
    if (!this.#request.includeEssential) return;
    for (const found of this.#index.required()) if (!this.#excluded.has(found.name)) this.#choose(found);
  }

  followAll(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      for (const field of ['pre-depends', 'depends']) {
        for (const group of parseRelations(next.fields.get(field) ?? '')) this.#follow(next, group);
      }
    }
  }

  end(): Closure {
    if (this.#problems.length > 0) {
      const more = this.#problems.length > MAX_TOLD ? `; and ${this.#problems.length - MAX_TOLD} more` : '';
      throw new TwinproofError('lock-invalid', this.#problems.slice(0, MAX_TOLD).join('; ') + more, {
        where: this.#request.path,
        hint: 'add the suite that has it, or leave it out with excludePackages',
      });
    }
    const packages = [...this.#chosen.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return { packages, conflicts: packages.flatMap((entry) => this.#conflictsOf(entry)) };
  }

  #choose(found: DebPackage): void {
    if (this.#chosen.has(found.name)) return;
    this.#chosen.set(found.name, found);
    this.#queue.push(found);
    for (const [relation] of parseRelations(found.fields.get('provides') ?? '')) {
      if (relation === undefined) continue;
      const version = relation.operator === '=' ? relation.version : null;
      const known = this.#provided.get(relation.name) ?? [];
      this.#provided.set(relation.name, [...known, { by: found.name, version }]);
    }
  }

  #follow(from: DebPackage, group: Relation[]): void {
    if (group.some((relation) => this.#holders(relation).length > 0)) return;
    for (const relation of group) {
      // An excluded package counts as there: the image does without, and no second choice is wanted in its place.
      if (this.#excluded.has(relation.name)) return;
      const found = this.#find(relation);
      if (found !== null) {
        this.#choose(found);
        return;
      }
    }
    const by = group.flatMap((relation) => this.#index.providers(relation));
    if (by.length > 0) return;
    this.#problems.push(
      `nothing meets ${relationText(group)}, which ${from.name} ${from.version} depends on`,
    );
  }

  #find(relation: Relation): DebPackage | null {
    const real = this.#index.candidate(relation.name);
    if (real !== null && isWithin(real.version, relation)) return real;
    return this.#index.providers(relation).find(({ name }) => !this.#excluded.has(name)) ?? null;
  }

  /** Names of the chosen packages that are or provide what a relation asks for. */
  #holders(relation: Relation): string[] {
    const real = this.#chosen.get(relation.name);
    const provided = (this.#provided.get(relation.name) ?? []).filter(
      ({ version }) => relation.operator === null || (version !== null && isWithin(version, relation)),
    );
    const names = provided.map(({ by }) => by);
    return real !== undefined && isWithin(real.version, relation) ? [real.name, ...names] : names;
  }

  #conflictsOf(entry: DebPackage): string[] {
    return ['conflicts', 'breaks'].flatMap((field) =>
      parseRelations(entry.fields.get(field) ?? '').flatMap((group) =>
        group
          .flatMap((relation) => this.#holders(relation))
          .filter((name) => name !== entry.name)
          .map((name) => `${entry.name} ${field === 'breaks' ? 'breaks' : 'conflicts with'} ${name}`),
      ),
    );
  }

  #notThere(name: string, version: string | null): string {
    const others = this.#index.versions(name);
    if (version === null || others.length === 0) return `no suite has a package ${name}`;
    return `no suite has ${name} ${version}, only ${others.join(', ')}`;
  }
}
