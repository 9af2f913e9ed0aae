import { type Complaint, printable } from '../complaints.ts';
import { insideRoot } from '../paths.ts';
import { readBounded } from '../read-bounded.ts';
import type { CatalogPlace, Recipe } from '../types.ts';
import type { Definition, Param, ParamName } from './definition.ts';
import { asWritten, fillPlaceholder, placeholdersIn } from './documents.ts';
import { type PrefetchInput, prefetchInputs } from './prefetch-input.ts';

type ContainerfileRecipe = Extract<Recipe, { kind: 'containerfile' }>;

/** What a definition says of how a component is built; what it does not say is left out. */
export interface KonfluxSettings extends Partial<
  Pick<ContainerfileRecipe, 'privileges' | 'history' | 'timestamps'>
> {
  /** Relative to the checkout, as it is written. */
  context?: string;
  buildArgs: Record<string, string>;
  /** `false` and where that is written: the claim is not made. */
  hermetic?: { value: boolean; place: CatalogPlace };
  sourceDateEpoch?: number;
  prefetch: PrefetchInput[];
}

/** What of the checkout a definition may refer to. */
export interface Surroundings {
  root: string;
  /** The commit that is checked out, or null. */
  revision: string | null;
  complain: (complaint: Complaint) => void;
}

const MAX_ARGS_BYTES = 1024 ** 2;

/** Reads the parameters of a definition; what cannot be used is complained of at its place. */
export async function settingsOf(definition: Definition, around: Surroundings): Promise<KonfluxSettings> {
  const reader = new ParamReader(definition, around);
  const context = reader.text('path-context');
  const hermetic = reader.truth('hermetic');
  const hermeticPlace = definition.param('hermetic')?.place;
  const nested = reader.truth('privileged-nested');
  const omit = reader.truth('omit-history');
  const rewrite = reader.truth('rewrite-timestamp');
  const epoch = reader.epoch();
  const prefetch = definition.param('prefetch-input');
  return {
    ...(context === null ? {} : { context }),
    buildArgs: { ...(await reader.argumentsOfFile()), ...reader.pairs('build-args') },
    ...(hermetic === null || hermeticPlace === undefined
      ? {}
      : { hermetic: { value: hermetic, place: hermeticPlace } }),
    ...(nested === null ? {} : { privileges: nested ? 'nested' : 'default' }),
    ...(omit === null ? {} : { history: omit ? 'omit' : 'keep' }),
    ...(rewrite === null ? {} : { timestamps: rewrite ? 'rewrite' : 'keep' }),
    ...(epoch === null ? {} : { sourceDateEpoch: epoch }),
    prefetch: prefetch === undefined ? [] : prefetchInputs(prefetch, around.complain),
  };
}

class ParamReader {
  readonly #definition: Definition;
  readonly #around: Surroundings;

  constructor(definition: Definition, around: Surroundings) {
    this.#definition = definition;
    this.#around = around;
  }

  /** Null where nothing is said, or an empty text. */
  text(name: ParamName): string | null {
    const param = this.#definition.param(name);
    return param === undefined ? null : this.#resolved(name, param);
  }

  truth(name: ParamName): boolean | null {
    const param = this.#definition.param(name);
    if (param === undefined) return null;
    if (typeof param.value === 'boolean') return param.value;
    const value = this.#resolved(name, param);
    if (value === null || value === 'true' || value === 'false')
      return value === null ? null : value === 'true';
    this.#complain(param.place, `\`${name}\` is "${value}", but needs true or false`);
    return null;
  }

  /** Null where it is left to the pipeline, which takes the time of the commit. */
  epoch(): number | null {
    const param = this.#definition.param('source-date-epoch');
    if (param === undefined) return null;
    const value = typeof param.value === 'number' ? String(param.value) : param.value;
    if (typeof value === 'string' && value.endsWith('commit-timestamp)')) return null;
    const text = this.#resolved('source-date-epoch', { ...param, value });
    if (text === null) return null;
    if (/^\d{1,12}$/.test(text)) return Number(text);
    this.#complain(param.place, `\`source-date-epoch\` is "${text}", but needs seconds since 1970`);
    return null;
  }

  pairs(name: ParamName): Record<string, string> {
    const param = this.#definition.param(name);
    if (param === undefined) return {};
    const list: unknown[] = Array.isArray(param.value) ? param.value : [param.value];
    return this.#pairsOf(
      list.map((value) => this.#resolved(name, { ...param, value }) ?? ''),
      param.place,
    );
  }

  /** `NAME=value` a line, its path counted from the top of the checkout. */
  async argumentsOfFile(): Promise<Record<string, string>> {
    const path = this.text('build-args-file');
    const place = this.#definition.param('build-args-file')?.place;
    if (path === null || place === undefined) return {};
    const inside = await insideRoot(this.#around.root, path, 'file');
    if ('fault' in inside) {
      this.#complain(place, `the file of build arguments ${inside.fault}`);
      return {};
    }
    const text = new TextDecoder().decode(await readBounded(inside.path, MAX_ARGS_BYTES));
    return this.#pairsOf(
      text.split(/\r?\n/).filter((line) => !/^\s*(?:#|$)/.test(line)),
      place,
    );
  }

  #pairsOf(lines: readonly string[], place: CatalogPlace): Record<string, string> {
    const found: Record<string, string> = {};
    for (const line of lines.filter((written) => written !== '')) {
      const [, name, value = ''] = /^\s*([A-Za-z_]\w*)=(.*)$/s.exec(line) ?? [];
      if (name === undefined) this.#complain(place, `the build argument "${line}" is not NAME=value`);
      else found[name] = value;
    }
    return found;
  }

  #resolved(name: ParamName, { value, place }: Param): string | null {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      this.#complain(place, `\`${name}\` needs text`);
      return null;
    }
    const { revision } = this.#around;
    const filled = revision === null ? String(value) : fillPlaceholder(String(value), 'revision', revision);
    const [unknown] = [...placeholdersIn(filled), ...(/\$\([^)]*\)/.exec(filled) ?? [])];
    if (unknown !== undefined) {
      this.#complain(
        place,
        `\`${name}\` is "${asWritten(filled)}", and ${unknown} is known only when Konflux runs it`,
      );
      return null;
    }
    return filled === '' ? null : filled;
  }

  #complain(place: CatalogPlace, text: string): void {
    this.#around.complain({ place, text: printable(text) });
  }
}
