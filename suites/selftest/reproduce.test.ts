import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Reproduced } from '../../harness/run/reproduce.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

const SUBJECT = 'timezone/default@linux/amd64';

test('what differed comes out the same again elsewhere, and another source is refused', async () => {
  await using folder = await temporaryFolder();
  const verify = ['verify', 'fixtures/axes.catalog.yaml', '--image', 'timezone', '--seed', '7'];
  const { stderr } = await twinproof([...verify, '--results', join(folder.path, 'results')]);
  const results = /recorded in (\S+)/.exec(stderr)?.[1] ?? '';
  const elsewhere = join(folder.path, 'elsewhere');
  await cp(join(ROOT, 'fixtures'), elsewhere, { recursive: true });
  const args = ['reproduce', SUBJECT, '--results', results, '--catalog', 'axes.catalog.yaml', '--json'];
  const again = await twinproof(args, { cwd: elsewhere });
  expect(again.exitCode).toBe(0);
  const reproduced = JSON.parse(again.stdout) as Reproduced;
  expect(reproduced.builds.map(({ same }) => same)).toEqual([true, true]);
  expect(reproduced.diff?.entries.map(({ path }) => path)).toEqual(['file']);
  await appendFile(join(elsewhere, 'axes/timezone/Containerfile'), '# changed\n');
  const changed = await twinproof(args, { cwd: elsewhere });
  expect(changed.exitCode).toBe(2);
  expect(changed.stderr).toContain('input-mismatch: another source');
});
