import type { DiffResult, EntryDiff } from '../../compare/types.ts';
import { renamedPairs } from '../renamed.ts';
import { type Instruction, containerfileText, parseContainerfile } from '../../containerfile/parse.ts';
import { type Origin, originOf } from './containerfile.ts';
import { RULES, type Rule } from './rules.ts';
import type { CauseId } from '../../model/causes.ts';

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
  readonly steps: Instruction[];
  readonly made: string[] = [];

  constructor(text: string) {
    this.steps = parseContainerfile(text);
  }

  apply(rule: Rule, origin: Origin, { cause, path }: { cause: string; path: string }): void {
    const note = (what: string): void => void this.made.push(`${cause}, ${path}: ${what}`);
    switch (rule.kind) {
      case 'head':
        if (this.#head(rule, origin)) note(rule.line);
        break;
      case 'words':
        if (this.#words(rule, origin)) note(rule.to.trim());
        break;
      case 'remove':
      case 'empty': {
        const line = this.#clean(rule, origin);
        if (line !== null) note(line);
      }
    }
  }

  #head({ line, when }: Extract<Rule, { kind: 'head' }>, { stage }: Origin): boolean {
    const own = this.steps.slice(stage.from, stage.to);
    if (own.some(({ text }) => text.includes(line))) return false;
    if (when !== undefined && !own.some(({ text }) => when.test(text))) return false;
    this.#after(stage.from, line);
    return true;
  }

  #words({ from, to }: Extract<Rule, { kind: 'words' }>, { stage }: Origin): boolean {
    let done = false;
    for (let at = stage.from; at < stage.to; at++) {
      const step = this.steps[at];
      if (step?.keyword !== 'RUN') continue;
      const text = step.text.replace(from, to);
      done ||= text !== step.text;
      this.steps[at] = { ...step, text };
    }
    return done;
  }

  /** Removes a file, or leaves it empty, where it was made: at the end of the stage that it is copied from. */
  #clean({ kind }: Rule, { stage, path }: Origin): string | null {
    if (!PLAIN.test(path)) return null;
    const command = kind === 'empty' && path.endsWith('machine-id') ? `: > ${path}` : `rm -rf ${path}`;
    if (this.steps.some(({ text }) => text.includes(command))) return null;
    const at = this.steps.slice(0, stage.to).findLastIndex(({ keyword }) => keyword === 'RUN');
    const step = this.steps[at];
    if (step === undefined || at < stage.from) return null;
    // In the same instruction: a layer of its own would keep the file below it.
    this.steps[at] = { ...step, text: `${step.text.trimEnd()} && ${command}` };
    return command;
  }

  /** The new line belongs to the instruction before it, so that no number moves. */
  #after(at: number, line: string): void {
    const step = this.steps[at];
    if (step !== undefined) this.steps[at] = { ...step, text: `${step.text}\n${line}` };
  }
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
function fits(rule: Rule, cause: string, { change }: EntryDiff): boolean {
  return rule.kind !== 'remove' || cause !== 'randomness' || change !== 'changed';
}

/**
 * A Containerfile with all fixes made that are a matter of words. The file itself is not touched.
 * @param result a difference that was explained
 */
export function fixRecipe(text: string, result: DiffResult): FixedRecipe {
  const recipe = new Recipe(text);
  for (const entry of result.entries) {
    const path = pathOf(entry, result.entries);
    const origin = originOf(path, recipe.steps);
    if (origin === null) continue;
    for (const { id, alternative } of entry.causes) {
      if (alternative === true) continue;
      const rules = (RULES[id as CauseId] ?? []).filter((rule) => fits(rule, id, entry));
      for (const rule of rules) recipe.apply(rule, origin, { cause: id, path: entry.path });
    }
  }
  return { text: containerfileText(recipe.steps), made: recipe.made };
}
