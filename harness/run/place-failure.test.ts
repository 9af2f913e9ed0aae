import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TwinBuild } from '../rebuild/types.ts';
import { testSubject } from '../testing/plan/subject.ts';
import { placeFailure } from './place-failure.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'place-failure-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function placed(log: string, privileges: 'default' | 'nested' = 'default'): Promise<unknown> {
  const containerfile = join(folder, 'Containerfile');
  await writeFile(containerfile, 'FROM a\n\nRUN dnf-installroot /x\n');
  await writeFile(join(folder, 'log'), log);
  const recipe = { kind: 'containerfile', containerfile, context: folder, buildArgs: {} } as const;
  const subject = testSubject('x', {
    recipe: { ...recipe, timestamps: 'rewrite', history: 'keep', privileges },
  });
  const build = {
    twin: 'A',
    environment: [],
    host: { node: 'n', bootId: null, kernel: '6', cpu: null, architecture: 'x86_64' },
    started: new Date(0),
    seconds: 0,
    outcome: { built: false, error: { code: 'build-failed', message: 'it ended' } },
    networkAttempts: 0,
    refused: [],
    log: join(folder, 'log'),
    logDropped: 0,
  } as TwinBuild;
  const { outcome } = await placeFailure(build, subject, folder);
  return outcome.built ? null : outcome.error;
}

const STEP = 'STEP 2/2: RUN dnf-installroot /x\n';

it('names the line', async () => {
  expect(await placed(`${STEP}x\n`)).toEqual({ code: 'build-failed', message: 'Containerfile:3: it ended' });
  expect(await placed('nothing\n')).toEqual({ code: 'build-failed', message: 'it ended' });
});

it('says what a recipe may lack that was refused mounts or namespaces', async () => {
  const log = `${STEP}unshare: unshare failed: Operation not permitted\n`;
  expect(await placed(log)).toMatchObject({ hint: expect.stringContaining('--privileges nested') as string });
  expect(await placed(log, 'nested')).not.toHaveProperty('hint');
  expect(await placed(`${STEP}cp: /x: Permission denied\n`)).not.toHaveProperty('hint');
});
