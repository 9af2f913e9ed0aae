import { appendFile, chmod, cp, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { cacheFolder } from '../../../harness/engine/folders.ts';
import type { Reproduced } from '../../../harness/run/reproduce-result.ts';
import { schemaFaults } from '../../../harness/testing/schemas.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

const SUBJECT = 'timezone/default@linux/amd64';

test('what differed comes out the same again elsewhere, and another source is refused', async () => {
  await using folder = await temporaryFolder();
  const verify = ['verify', 'fixtures/variations.catalog.yaml', '--image', 'timezone', '--seed', '7'];
  const { stderr } = await twinproof([...verify, '--results', join(folder.path, 'results')]);
  const results = /recorded in (\S+)/.exec(stderr)?.[1] ?? '';
  const elsewhere = join(folder.path, 'elsewhere');
  await cp(join(ROOT, 'fixtures'), elsewhere, { recursive: true });
  const args = ['reproduce', SUBJECT, '--run', results, '--catalog', 'variations.catalog.yaml', '--json'];
  const again = await twinproof(args, { cwd: elsewhere });
  expect(again.exitCode).toBe(0);
  const reproduced = JSON.parse(again.stdout) as Reproduced;
  expect(schemaFaults(reproduced)).toBe(null);
  expect(reproduced.builds.map(({ same }) => same)).toEqual([true, true]);
  expect(reproduced.diff?.entries.map(({ path }) => path)).toEqual(['file']);
  await appendFile(join(elsewhere, 'variations/timezone/Containerfile'), '# changed\n');
  const changed = await twinproof(args, { cwd: elsewhere });
  expect(changed.exitCode).toBe(2);
  expect(changed.stderr).toContain('input-mismatch: another source');
});

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** Options of setpriv(1) for a user who may use the engine and nothing else. */
async function asNobody(): Promise<string[]> {
  const { gid } = await stat(process.env.DOCKER_HOST?.replace(/^unix:\/\//, '') ?? '/var/run/docker.sock');
  return [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, `--groups=${gid}`];
}

/** A copy of this checkout, and a cache of its own that has the inputs: those of no other user may be written. */
async function elsewhere(folder: string): Promise<{ checkout: string; home: string }> {
  const [checkout, home] = [join(folder, 'other/check-out'), join(folder, 'home')];
  const cache = join(home, '.cache/twinproof');
  await mkdir(cache, { recursive: true });
  for (const name of ['harness', 'fixtures', 'package.json', 'node_modules']) {
    await cp(join(ROOT, name), join(checkout, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of ['builders', 'locales', 'sha256', 'stores']) {
    await cp(join(cacheFolder(), name), join(cache, name), { recursive: true });
  }
  await chmod(folder, 0o755);
  return { checkout, home };
}

test.skipIf(!isRoot)(
  'cells of the bundled catalog come out as recorded in another checkout, as another user',
  async () => {
    await using folder = await temporaryFolder();
    const images = ['calculator/default', 'redis/default'];
    const selected = images.flatMap((image) => ['--image', image]);
    const verify = ['verify', 'fixtures/bundled.catalog.yaml', ...selected, '--claim', 'reproducible'];
    const { stderr } = await twinproof([...verify, '--seed', '5', '--results', join(folder.path, 'results')]);
    const results = /recorded in (\S+)/.exec(stderr)?.[1] ?? '';
    const { checkout, home } = await elsewhere(folder.path);
    await execa('chown', ['-R', `${NOBODY}:${NOBODY}`, folder.path]);
    for (const image of images) {
      const command = [process.execPath.replace(ROOT, `${checkout}/`), 'harness/cli/main.ts', 'reproduce'];
      // As reports write it: one word, with the claim.
      const args = [
        `${image}@linux/amd64 reproducible`,
        '--results',
        results,
        '--out',
        join(home, image),
        '--json',
      ];
      const again = await execa('setpriv', [...(await asNobody()), ...command, ...args], {
        cwd: checkout,
        env: { HOME: home, TMPDIR: home, NO_COLOR: '1' },
        reject: false,
        stdin: 'ignore',
      });
      expect(again.stderr).not.toContain('error');
      const { same, builds, otherwise } = JSON.parse(again.stdout) as Reproduced;
      expect({ same, otherwise, exitCode: again.exitCode }).toEqual({
        same: true,
        otherwise: [],
        exitCode: 0,
      });
      expect(builds.map(({ recorded, manifest }) => recorded === manifest)).toEqual([true, true]);
    }
  },
);
