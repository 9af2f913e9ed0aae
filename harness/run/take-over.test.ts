import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Evidence } from '../record/events.ts';
import { EvidenceStore } from '../record/evidence.ts';
import { evidencePath } from '../record/read-evidence.ts';
import { scratch } from '../testing/oci/image.ts';
import { cell } from '../testing/record/run.ts';
import { takeOver } from './take-over.ts';

async function resumed(folder: string, spoil: (evidence: Evidence) => Promise<unknown>): Promise<string> {
  const [before, now] = [join(folder, 'before'), join(folder, 'now')];
  const evidence = await new EvidenceStore(before).addText('diff', 'what was found', 'text/plain');
  const decided = cell('a', 'fail', { evidence: [evidence] });
  await spoil({ ...evidence, name: before });
  const previous = { folder: before, cells: [decided], twins: [] };
  const taken = await takeOver(
    { previous, runFolder: now },
    'a',
    () => decided.key,
    () => undefined,
  );
  expect([...taken.values()]).toEqual([decided]);
  return readFile(evidencePath(now, evidence.digest), 'utf8');
}

test('evidence comes along with the cells that are taken over', async () => {
  await using folder = await scratch();
  expect(await resumed(folder.path, () => Promise.resolve())).toBe('what was found');
});

test('cells whose evidence was changed are not taken over', async () => {
  await using folder = await scratch();
  const spoil = ({ name, digest }: Evidence): Promise<void> =>
    writeFile(evidencePath(name, digest), 'what was fOund');
  await expect(resumed(folder.path, spoil)).rejects.toMatchObject({ code: 'record-invalid' });
});
