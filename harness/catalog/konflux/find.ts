import { join } from 'node:path';
import { placeText } from '../complaints.ts';
import { git } from '../git.ts';
import type { VariantFolder } from '../layout.ts';
import { insideRoot } from '../paths.ts';
import { type Definition, definitionOf } from './definition.ts';
import { readDefinitionFiles } from './documents.ts';
import { type KonfluxSettings, type Surroundings, settingsOf } from './settings.ts';

export interface KonfluxDefinition {
  settings: KonfluxSettings;
  definition: Definition;
}

/** How Konflux builds the variants of a checkout, going by the definitions in it. */
export class KonfluxDefinitions {
  readonly #byContainerfile = new Map<string, Definition[]>();
  readonly #byComponent = new Map<string, Definition[]>();
  readonly #around: Surroundings;

  private constructor(around: Surroundings) {
    this.#around = around;
  }

  /** @param shown the checkout as the user named it */
  static async read(
    root: string,
    shown: string,
    complain: Surroundings['complain'],
  ): Promise<KonfluxDefinitions> {
    const files = await readDefinitionFiles(root, shown);
    const revision = files.length === 0 ? { fault: '' } : await git(root, ['rev-parse', 'HEAD']);
    const found = new KonfluxDefinitions({
      root,
      revision: 'output' in revision ? revision.output.trim() : null,
      complain,
    });
    const definitions = files.flatMap(({ path, documents }) =>
      documents.flatMap((source) => definitionOf(path, source) ?? []),
    );
    await found.#index(definitions);
    return found;
  }

  async #index(definitions: readonly Definition[]): Promise<void> {
    const components = new Map(
      definitions
        .filter(({ kind }) => kind === 'Component')
        .map((definition) => [definition.component, definition] as const),
    );
    for (const definition of definitions) {
      // What a run leaves open, its component says.
      const fallback = components.get(definition.component);
      const whole: Definition = {
        ...definition,
        param: (name) => definition.param(name) ?? fallback?.param(name),
      };
      if (definition.component !== null) add(this.#byComponent, definition.component, whole);
      const containerfile = await this.#containerfileOf(whole);
      if (containerfile !== null) add(this.#byContainerfile, containerfile, whole);
    }
  }

  /** As Konflux finds it: within the context first, then from the top of the checkout. */
  async #containerfileOf({ param }: Definition): Promise<string | null> {
    const file = textOf(param('dockerfile')?.value) ?? 'Dockerfile';
    const context = textOf(param('path-context')?.value) ?? '.';
    const { root } = this.#around;
    for (const path of [join(context, file), file]) {
      const inside = await insideRoot(root, path, 'file');
      if ('path' in inside) return inside.path;
    }
    return null;
  }

  /** Whether there is a definition for a variant. @param containerfile absolute */
  has(containerfile: string, variant: VariantFolder): boolean {
    return this.#for(containerfile, variant).length > 0;
  }

  #for(containerfile: string, { image, distro, variant }: VariantFolder): Definition[] {
    const component = [image, ...(distro === null ? [] : [distro]), variant].join('--');
    return this.#byContainerfile.get(containerfile) ?? this.#byComponent.get(component) ?? [];
  }

  /** @param containerfile absolute @returns null where no definition is for it */
  async of(containerfile: string, variant: VariantFolder): Promise<KonfluxDefinition | null> {
    const all = this.#for(containerfile, variant);
    const best = Math.min(...all.map(rank));
    const [first, ...others] = all.filter((definition) => rank(definition) === best);
    if (first === undefined) return null;
    const settings = await settingsOf(first, this.#around);
    for (const other of others) {
      if (isSame(settings, await settingsOf(other, this.#around))) continue;
      this.#around.complain({
        place: other.place,
        text: `it builds ${containerfile.slice(this.#around.root.length + 1)} otherwise than ${placeText(first.place)} does; leave one, or make them agree`,
      });
    }
    return { settings, definition: first };
  }
}

function add(map: Map<string, Definition[]>, key: string, definition: Definition): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [definition]);
  else list.push(definition);
}

/** Releases are built on a push; a Component alone says least. */
const rank = ({ kind, event }: Definition): number =>
  kind === 'Component' ? 3 : event === 'push' ? 0 : event === null ? 1 : 2;

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Places do not count. */
const isSame = (a: KonfluxSettings, b: KonfluxSettings): boolean =>
  JSON.stringify(a, withoutPlace) === JSON.stringify(b, withoutPlace);

const withoutPlace = (key: string, value: unknown): unknown => (key === 'place' ? undefined : value);
