import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subject } from '../catalog/types.ts';
import { fixRecipe } from '../explain/fixes/fix-recipe.ts';
import { explanationOf } from '../explain/group.ts';

import { type Run, cellId, readRun } from '../record/reader.ts';
import { recordedDiff } from './recorded-diff.ts';
import type { CheckedFix, Digests } from '../report/check-fixes-text.ts';

/** A fix can bring out what was hidden behind another. */
const ROUNDS = 4;

interface Open {
  subject: Subject;
  checked: CheckedFix;
  done: boolean;
}

export interface CheckFixesOptions {
  subjects: readonly Subject[];
  /** For the changed copies of recipes; the user's own files are only read. */
  folder: string;
  /** Builds the twins of these subjects and judges `reproducible`; gives the folder of the run. */
  verify: (subjects: Subject[]) => Promise<string>;
}

function digestsOf(run: Run, subject: string): Digests {
  const [a, b] = run.twins.get(subject)?.builds ?? [];
  return { a: a?.config ?? null, b: b?.config ?? null };
}

/**
 * Builds, makes the fixes that need no decision in a copy of the recipe, and builds again, until the twins are
 * equal or nothing more can be done so.
 */
export async function checkFixes({ subjects, folder, verify }: CheckFixesOptions): Promise<CheckedFix[]> {
  const all = await Promise.all(subjects.map(begin));
  for (let round = 0; round < ROUNDS; round++) {
    const open = all.filter(({ done }) => !done);
    if (open.length === 0) break;
    const runFolder = await verify(open.map(({ subject }) => subject));
    const run = await readRun(runFolder);
    for (const [number, one] of open.entries()) {
      const copy = join(folder, `${round}-${number}`);
      await settle(one, { run, runFolder, copy, first: round === 0 });
    }
  }
  return all.map(({ checked }) => checked);
}

async function begin(subject: Subject): Promise<Open> {
  const { recipe } = subject;
  const text = recipe.kind === 'containerfile' ? await readFile(recipe.containerfile, 'utf8') : '';
  const nothing = { a: null, b: null };
  return {
    subject,
    done: false,
    checked: {
      subject: subject.id,
      verdict: 'skipped',
      made: [],
      before: nothing,
      after: nothing,
      recipe: { before: text, after: text },
      left: [],
    },
  };
}

/** Takes in what a round found, and prepares the next. */
async function settle(
  one: Open,
  { run, runFolder, copy, first }: { run: Run; runFolder: string; copy: string; first: boolean },
): Promise<void> {
  const { checked, subject } = one;
  const cell = run.cells.get(cellId({ subject: subject.id, claim: 'reproducible' }));
  checked.verdict = cell?.verdict ?? 'error';
  checked.after = digestsOf(run, subject.id);
  if (first) checked.before = checked.after;
  one.done = true;
  checked.left = [];
  if (cell?.verdict !== 'fail') return;
  const { result } = await recordedDiff(runFolder, subject.id);
  checked.left = [...new Set(explanationOf(result).causes.map(({ id }) => id))];
  if (subject.recipe.kind !== 'containerfile') return;
  const { text, made } = fixRecipe(checked.recipe.after, result);
  if (made.length === 0) return;
  await mkdir(copy, { recursive: true });
  const containerfile = join(copy, 'Containerfile');
  await writeFile(containerfile, text);
  one.subject = { ...subject, recipe: { ...subject.recipe, containerfile } };
  one.done = false;
  checked.made.push(...made);
  checked.recipe.after = text;
}
