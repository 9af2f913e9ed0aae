import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CELL_ERROR_CODES } from './errors.ts';
import { REACHED_RUNGS } from './model/rungs.ts';
import { VERDICTS } from './model/verdicts.ts';

/** First words in backquotes of the rows of the table below a heading of docs/model.md. */
async function listed(heading: string): Promise<string[]> {
  const page = await readFile(new URL('../docs/model.md', import.meta.url), 'utf8');
  const part = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return [...part.matchAll(/^\| `([\w-]+)`/gm)].flatMap(([, word]) => word ?? []);
}

test('docs/model.md lists every verdict, error code and rung, and no other', async () => {
  expect((await listed('Verdicts')).toSorted()).toEqual([...VERDICTS].toSorted());
  const commands = ['usage', 'record-invalid', 'interrupted'];
  expect((await listed('Error codes')).toSorted()).toEqual([...CELL_ERROR_CODES, ...commands].toSorted());
  expect(await listed('The ladder')).toEqual([...REACHED_RUNGS]);
});
