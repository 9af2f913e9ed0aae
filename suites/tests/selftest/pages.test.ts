import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandsOf, page, shell } from './page-commands.ts';
import { ROOT, temporaryFolder } from './support.ts';

// What the pages for first readers say, done from an empty folder to the goal.

test('quickstart-ci.md: from a Containerfile to reports', async () => {
  await using folder = await temporaryFolder();
  await cp(join(ROOT, 'fixtures/init/c-program'), join(folder.path, 'image'), { recursive: true });
  const commands = commandsOf(await page('quickstart-ci.md'));
  expect(commands.slice(0, 3)).toEqual([
    'npx twinproof init image/Containerfile',
    'npx twinproof verify',
    'npx twinproof verify',
  ]);
  // The jobs of the page repeat what was done by hand.
  for (const command of [...new Set(commands)]) {
    const { exitCode, stdout, stderr } = await shell(command, folder.path);
    expect(exitCode, `${command}\n${stdout}${stderr}`).toBe(0);
  }
  expect((await readdir(join(folder.path, 'reports'))).sort()).toEqual(['index.html', 'junit.xml']);
});

test('check-failed.md: from a failure to its cause and its fix', async () => {
  await using folder = await temporaryFolder();
  const root = join(folder.path, 'hostname');
  await mkdir(join(root, 'image'), { recursive: true });
  const recipe = `FROM localhost/builder AS build
RUN mkdir -p /newroot/etc && hostname > /newroot/etc/built-by
FROM scratch
COPY --from=build /newroot /
`;
  await writeFile(join(root, 'image/Containerfile'), recipe);
  expect((await shell('npx twinproof init image/Containerfile', root)).exitCode).toBe(0);
  expect((await shell('npx twinproof verify', root)).exitCode).toBe(1);
  const [run = ''] = await readdir(join(root, 'results/runs'));
  const ends: Record<string, number> = { report: 1, explain: 1, bisect: 1, verify: 1, reproduce: 0 };
  const commands = commandsOf(await page('check-failed.md'));
  expect(commands).toHaveLength(7);
  for (const command of commands) {
    const line = command
      .replace('results/runs/RUN', `results/runs/${run}`)
      .replace('my.catalog.yaml', 'catalog.yaml');
    const { exitCode, stdout, stderr } = await shell(line, root);
    const fixed = line.includes('--check-fixes');
    expect(exitCode, `${line}\n${stdout}${stderr}`).toBe(fixed ? 0 : ends[line.split(' ')[2] ?? '']);
    if (line.includes(' explain ') && !fixed) expect(stdout).toContain('hostname');
  }
  expect(await readFile(join(root, 'image/Containerfile'), 'utf8')).toBe(recipe);
});
