import { type Instruction, flagOf } from './parse.ts';
import { Scope } from './scope.ts';
import { type Expanded, expand, wordsOf } from './words.ts';

/** An image that a Containerfile takes something from. */
export interface Source {
  /** As written, variables put in. */
  reference: Expanded;
  /** The earlier stage that it is; null for an image from outside, and for `scratch`. */
  stage: Stage | null;
}

/** An instruction in its place. */
export interface Step {
  instruction: Instruction;
  /** The words of COPY and ADD, variables put in; none for others. */
  words: Expanded[];
  /** What `--from=` and `--mount=…,from=` name. */
  uses: Source[];
}

/** A stage, from its FROM up to and without the next. */
export interface Stage {
  /** In lower case; its number where it has no name. */
  name: string;
  number: number;
  from: Instruction;
  base: Source;
  /** Of `FROM --platform=`, variables put in. */
  platform: Expanded | null;
  /** Without its FROM. */
  steps: Step[];
}

/** What the recipe is built with. */
export interface BuiltWith {
  buildArgs: Record<string, string>;
  /** `linux/amd64`; of the image, and of the machine that builds it. */
  platform?: string;
  buildPlatform?: string;
}

/** The stages of a Containerfile, and what the variables in it stand for (Containerfile(5): ARG, ENV and FROM). */
export function stagesOf(instructions: readonly Instruction[], builtWith: BuiltWith): Stage[] {
  const given = new Map(Object.entries(builtWith.buildArgs));
  const known = new Scope([...platformArgs(builtWith), ...given]);
  const global = new Scope([], known);
  const stages: Stage[] = [];
  const named = new Map<string, { stage: Stage; scope: Scope }>();
  let scope = new Scope();
  for (const instruction of instructions) {
    const { keyword } = instruction;
    const stage = stages.at(-1);
    if (keyword === 'FROM') {
      const next = stageOf(instruction, stages.length, { scope: global, named });
      // A stage that begins with an earlier one has its ENV.
      const parent = named.get(next.base.reference.text.toLowerCase());
      scope = new Scope([], parent?.scope.environment);
      for (const name of [String(next.number), next.name]) named.set(name, { stage: next, scope });
      stages.push(next);
    } else if (stage === undefined) {
      // Those before the first FROM are known to every FROM, and to a stage that names them again.
      if (keyword === 'ARG') global.declare(instruction, { given, outer: known });
    } else if (keyword !== '') {
      stage.steps.push(stepOf(instruction, { scope, named }));
      if (keyword === 'ARG') scope.declare(instruction, { given, outer: global });
      if (keyword === 'ENV') scope.set(instruction);
    }
  }
  return stages;
}

function platformArgs({ platform, buildPlatform }: BuiltWith): [string, string][] {
  const named = (prefix: string, text: string | undefined): [string, string][] => {
    if (text === undefined) return [];
    const [os = '', architecture = '', variant = ''] = text.split('/');
    const parts = { PLATFORM: text, OS: os, ARCH: architecture, VARIANT: variant };
    return Object.entries(parts).map(([name, value]) => [`${prefix}${name}`, value]);
  };
  return [...named('TARGET', platform), ...named('BUILD', buildPlatform)];
}

interface Around {
  scope: Scope;
  named: ReadonlyMap<string, { stage: Stage }>;
}

function sourceOf(written: string, escape: string, { scope, named }: Around): Source {
  const reference = expand(written, (name) => scope.get(name), escape);
  return { reference, stage: named.get(reference.text.toLowerCase())?.stage ?? null };
}

function stageOf(instruction: Instruction, number: number, around: Around): Stage {
  const { escape } = instruction;
  const [base = '', as = '', name = ''] = [...wordsOf(instruction.arguments, escape)].map(({ text }) => text);
  const platform = flagOf(instruction, 'platform');
  return {
    name: (as.toLowerCase() === 'as' && name !== '' ? name : String(number)).toLowerCase(),
    number,
    from: instruction,
    base: sourceOf(base, escape, around),
    platform: platform === undefined ? null : expand(platform, (known) => around.scope.get(known), escape),
    steps: [],
  };
}

function stepOf(instruction: Instruction, around: Around): Step {
  const { keyword, escape } = instruction;
  const copies = keyword === 'COPY' || keyword === 'ADD';
  const words = copies ? copyWords(instruction) : [];
  return {
    instruction,
    words: words.map((word) => expand(word, (name) => around.scope.get(name), escape)),
    uses: usedBy(instruction).map((written) => sourceOf(written, escape, around)),
  };
}

/** A list in JSON, or words between white space: these two know no quotes (imagebuilder, `parseMaybeJSONToList`). */
function copyWords({ arguments: written }: Instruction): string[] {
  if (written.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(written);
      if (Array.isArray(list) && list.every((word) => typeof word === 'string')) return list;
    } catch {
      // Then it is words.
    }
  }
  return written.split(/\s+/).filter((word) => word !== '');
}

function usedBy(instruction: Instruction): string[] {
  if (instruction.keyword === 'RUN')
    return mountsOf(instruction).flatMap(({ from }) => (from === undefined ? [] : [from]));
  const from = ['COPY', 'ADD'].includes(instruction.keyword) ? flagOf(instruction, 'from') : undefined;
  return from === undefined ? [] : [from];
}

/** The options of every `--mount=` of a RUN; one without a value has the value `true`. */
export function mountsOf({ flags }: Instruction): Partial<Record<string, string>>[] {
  return flags
    .filter(({ name }) => name === 'mount')
    .map(({ value }) =>
      Object.fromEntries(
        value
          .replace(/^(["'])(.*)\1$/s, '$2')
          .split(',')
          .map((option) => {
            const [, name = '', setting = 'true'] = /^"?([^=]*?)"?(?:=(.*?)"?)?$/s.exec(option) ?? [];
            return [name.toLowerCase(), setting];
          }),
      ),
    );
}
