import type { Instruction } from './parse.ts';
import { expand, wordsOf } from './words.ts';

/** What the variables of a Containerfile stand for at one place of it. */
export class Scope {
  readonly #args: Map<string, string>;
  /** What ENV set, which wins over ARG and is handed on to stages that begin with this one. */
  readonly environment: Environment;
  readonly #parent: Scope | undefined;

  /** @param parent asked for what is not known here */
  constructor(args: Iterable<[string, string]> = [], parent?: Scope | Environment) {
    this.#args = new Map(args);
    this.#parent = parent instanceof Scope ? parent : undefined;
    this.environment = new Environment(parent instanceof Environment ? parent : null);
  }

  get(name: string): string | undefined {
    return this.environment.get(name) ?? this.#args.get(name) ?? this.#parent?.get(name);
  }

  /** `ARG name`, `ARG name=default`: what the build is given wins over a default. */
  declare(
    { arguments: written, escape }: Instruction,
    { given, outer }: { given: ReadonlyMap<string, string>; outer: Scope },
  ): void {
    for (const { text } of wordsOf(written, escape)) {
      const [, name = '', value] = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text) ?? [];
      if (name === '') continue;
      const standard = value === undefined ? undefined : this.#known(value, escape);
      const found = given.get(name) ?? standard ?? outer.get(name);
      if (found === undefined) this.#args.delete(name);
      else this.#args.set(name, found);
    }
  }

  /** `ENV a=b c=d`, or the old `ENV a b`. What depends on something unknown is itself unknown. */
  set({ arguments: written, escape }: Instruction): void {
    const old = /^([A-Za-z_]\w*)\s+(.*)$/s.exec(written);
    const pairs: [string, string][] =
      old === null
        ? [...wordsOf(written, escape)].map(({ text }) => [
            text.slice(0, Math.max(text.indexOf('='), 0)),
            text.slice(text.indexOf('=') + 1),
          ])
        : [[old[1] ?? '', old[2] ?? '']];
    // All of one instruction see what was known before it.
    const values = pairs.map(([name, value]) => [name, this.#known(value, escape)] as const);
    for (const [name, value] of values) if (value !== undefined) this.environment.set(name, value);
  }

  #known(written: string, escape: string): string | undefined {
    const { text, unknown } = expand(written, (name) => this.get(name), escape);
    return unknown.length === 0 ? text : undefined;
  }
}

/** A chain instead of copies, which thousands of stages would make of each other. */
class Environment {
  readonly #own = new Map<string, string>();
  readonly #parent: Environment | null;

  constructor(parent: Environment | null) {
    this.#parent = parent;
  }

  set(name: string, value: string): void {
    this.#own.set(name, value);
  }

  get(name: string): string | undefined {
    let value = this.#own.get(name);
    for (let at = this.#parent; value === undefined && at !== null; at = at.#parent)
      value = at.#own.get(name);
    return value;
  }
}
