import type { DiffResult, EntryDiff } from '../../compare/types.ts';
import { type Instruction, containerfileText, parseContainerfile } from '../../containerfile/parse.ts';
import { type RunScript, editRun, runScripts } from '../../containerfile/run-scripts.ts';
import { wordsOf } from '../../containerfile/words.ts';
import type { Registry } from '../../model/registry.ts';
import type { CauseDefinition } from '../cause.ts';
import { CAUSES } from '../registry.ts';
import { renamedPairs } from '../renamed.ts';
import { type MadeAt, type Stage, originOf } from './containerfile.ts';
import { allInvocations } from './invocation.ts';
import type { Rewrite } from './rewrite.ts';

/** A recipe with fixes made, and which. */
export interface FixedRecipe {
  text: string;
  /** One line a fix: the cause, the path, and what was done. */
  made: string[];
}

/** Paths go into a shell: only plain ones, and none that leaves or is the root. */
const PLAIN = /^\/(?!.*(?:^|\/)\.\.?(?:\/|$))[\w@%+:,./*-]*[\w@%+:,.*-]$/;

/** What two names have in common, with `*` for the rest: `/var/tmp/build.*`. */
function common(a: string, b: string): string {
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  return `${a.slice(0, head)}*`;
}

class Recipe {
  text: string;
  readonly made: string[] = [];
  #steps: Instruction[];
  /** What is done to a stage is done once, for whatever path. */
  readonly #done = new Set<string>();
  readonly #numbers = new Map<Rewrite, number>();

  constructor(text: string) {
    this.text = text;
    this.#steps = parseContainerfile(text);
  }

  apply(rewrite: Rewrite, { cause, path, where }: { cause: string; path: string; where: string }): void {
    const origin = originOf(where, this.#steps);
    if (origin === null) return;
    const number = this.#numbers.get(rewrite) ?? this.#numbers.size;
    this.#numbers.set(rewrite, number);
    const key = `${number} ${origin.stage.name} ${'edits' in rewrite || 'name' in rewrite ? '' : where}`;
    if (this.#done.has(key)) return;
    this.#done.add(key);
    const done = this.#changed(rewrite, origin);
    if (done !== null) this.made.push(`${cause}, ${path}: ${done}`);
  }

  /** What was done, in a few words; null where there was nothing to do. */
  #changed(rewrite: Rewrite, origin: MadeAt): string | null {
    switch (rewrite.kind) {
      case 'variable':
        return this.#setVariable(rewrite, origin.stage) ? rewrite.does : null;
      case 'shell':
        return this.#editScripts(rewrite, origin.stage) ? rewrite.does : null;
      case 'remove':
      case 'empty':
        return this.#clean(rewrite.kind, origin);
    }
  }

  #setVariable(rewrite: Extract<Rewrite, { kind: 'variable' }>, { from, to }: Stage): boolean {
    const { name, when, instruction } = rewrite;
    const own = this.#steps.slice(from, to);
    const runs = own.findIndex(({ keyword }) => keyword === 'RUN');
    if (runs < 0 || setIn(own.slice(0, runs)).has(name)) return false;
    if (when !== undefined && !own.flatMap(runScripts).flatMap(allInvocations).some(when)) return false;
    const first = this.#steps[from];
    // On the line after FROM, before comments that belong to the next instruction.
    return first !== undefined && this.#replace([[from, `${first.text}\n${instruction}`]]);
  }

  #editScripts({ edits }: Extract<Rewrite, { kind: 'shell' }>, { from, to }: Stage): boolean {
    const changed: [number, string][] = [];
    for (let at = from; at < to; at++) {
      const step = this.#steps[at];
      if (step === undefined) continue;
      const set = setIn(this.#steps.slice(from, at));
      // From the last one on, so that the places of those before stay as they are.
      const text = runScripts(step).reduceRight(
        (now, script) => editRun({ ...step, text: now }, script, edits(script, set)),
        step.text,
      );
      if (text !== step.text) changed.push([at, text]);
    }
    return this.#replace(changed);
  }

  /** Removes a file, or leaves it empty, where it was made: at the end of the stage that it is copied from. */
  #clean(kind: 'remove' | 'empty', { stage, path }: MadeAt): string | null {
    if (!PLAIN.test(path)) return null;
    const command = kind === 'empty' && path.endsWith('machine-id') ? `: > ${path}` : `rm -rf ${path}`;
    if (this.#steps.some(({ text }) => text.includes(command))) return null;
    const at = this.#steps.slice(0, stage.to).findLastIndex(({ keyword }) => keyword === 'RUN');
    const step = this.#steps[at];
    const script = step === undefined ? undefined : runScripts(step).at(-1);
    if (step === undefined || script === undefined || at < stage.from) return null;
    // In the same instruction: a layer of its own would keep the file below it.
    const text = withCommand(step, script, command);
    return text !== null && this.#replace([[at, text]]) ? command : null;
  }

  #replace(changed: readonly (readonly [number, string])[]): boolean {
    if (changed.length === 0) return false;
    const texts = new Map(changed);
    this.text = containerfileText(this.#steps.map(({ text }, at) => ({ text: texts.get(at) ?? text })));
    this.#steps = parseContainerfile(this.text);
    return true;
  }
}

/** A script with one more command at its end; null where nothing can follow. */
function withCommand(step: Instruction, script: RunScript, command: string): string | null {
  const { next, lines } = script;
  const end = script.text.length;
  if (lines) return editRun(step, script, [{ start: end, end, text: `\n${command}` }]);
  return next === null ? null : editRun(step, script, [{ start: end, end, text: `${next}${command}` }]);
}

/** Variables that instructions of a stage declare or set. */
function setIn(steps: readonly Instruction[]): Set<string> {
  const named = steps.filter(({ keyword }) => keyword === 'ARG' || keyword === 'ENV');
  return new Set(
    named.flatMap(({ arguments: written, escape }) => {
      const words = [...wordsOf(written, escape)].map(({ text }) => text);
      const old = words[0]?.includes('=') === false;
      return (old ? words.slice(0, 1) : words).map((word) => word.replace(/=.*$/s, ''));
    }),
  );
}

function pathOf(entry: EntryDiff, entries: readonly EntryDiff[]): string {
  if (entry.change === 'changed') return entry.path;
  const other = entries.find(
    (candidate) =>
      candidate !== entry && candidate.change !== entry.change && renamedPairs([entry, candidate]).size > 0,
  );
  return other === undefined ? entry.path : common(entry.path, other.path);
}

/** Removing is for what should not be there; a file that merely holds a random word stays. */
const fits = (rewrite: Rewrite, { change }: EntryDiff): boolean =>
  rewrite.kind !== 'remove' || rewrite.only !== 'one-sided' || change !== 'changed';

/**
 * A Containerfile with all fixes made that need no decision. The file itself is not touched.
 * @param result a difference that was explained
 */
export function fixRecipe(
  text: string,
  result: DiffResult,
  causes: Registry<CauseDefinition> = CAUSES,
): FixedRecipe {
  const recipe = new Recipe(text);
  for (const entry of result.entries) {
    const where = pathOf(entry, result.entries);
    for (const { id, alternative } of entry.causes) {
      if (alternative === true) continue;
      const rewrites = (causes.find(id)?.rewrites ?? []).filter((rewrite) => fits(rewrite, entry));
      for (const rewrite of rewrites) recipe.apply(rewrite, { cause: id, path: entry.path, where });
    }
  }
  return { text: recipe.text, made: recipe.made };
}
