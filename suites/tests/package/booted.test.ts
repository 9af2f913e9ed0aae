import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRun } from '../../../harness/record/reader.ts';
import { keptImage } from '../selftest/os-images.ts';
import { ROOT } from '../selftest/support.ts';
import { type Installed, install } from './installed.ts';

// What the package does with a machine that is really booted. The image is that of the bundled catalog; what runs is installed.

/** The example of the docs, and a claim that no such system keeps: its state must be writable. */
const RED = `import { catalog, claim, expect, subjects } from 'twinproof/vitest';

const test = claim('var-is-sealed', { statement: 'has a sealed /var', needs: ['system', 'image'] });

test.for(subjects(catalog, 'debian/default@*'))('$id', async (_subject, { system, image }) => {
  await expect(image).toHaveEntry('usr/lib/os-release');
  expect((await system.run('id -un')).stdout.toString()).toBe('root\\n');
  await expect(system).toRefuseWrite('/var');
});
`;

let user: Installed;
beforeAll(async () => {
  user = await install();
  await cp(join(ROOT, 'docs/examples'), join(user.folder, 'examples'), { recursive: true });
  await writeFile(join(user.folder, 'examples/var-is-sealed.suite.ts'), RED);
});
afterAll(async () => {
  await user[Symbol.asyncDispose]();
});

test('claims of a user about a booted system, in one machine; then a program that boots the image again', async () => {
  const command = join(user.folder, 'node_modules/.bin/twinproof');
  const results = join(user.folder, 'runs');
  await mkdir(results);
  const suites = ['usr-is-sealed', 'var-is-sealed'].flatMap((name) => [
    ...['--suite', join(user.folder, `examples/${name}.suite.ts`)],
    ...['--claim', name],
  ]);
  const catalog = join(ROOT, 'fixtures/bundled.catalog.yaml');
  const which = ['--image', 'debian/default@*', '--vary', 'none', '--keep', '--results', results];
  const options = { env: { NO_COLOR: '1' }, reject: false, stdin: 'ignore' } as const;
  const { stdout, stderr, exitCode } = await execa(
    command,
    ['verify', catalog, ...suites, ...which],
    options,
  );
  const [name = ''] = await readdir(results);
  const { cells } = await readRun(join(results, name));
  const found = Object.fromEntries([...cells.values()].map(({ claim, verdict }) => [claim, verdict]));
  expect(found, stdout + stderr).toEqual({ 'usr-is-sealed': 'pass', 'var-is-sealed': 'fail' });
  const red = [...cells.values()].find(({ claim }) => claim === 'var-is-sealed');
  expect(red?.summary).toMatch(/^var-is-sealed\.suite\.ts:8: .*\/var/);
  expect(exitCode).toBe(1);

  const layout = await keptImage(join(results, name), join(user.folder, 'system'));
  const program = ['examples/only-root-is-root.ts', `oci:${layout}`];
  const booted = await execa(user.node, program, { ...options, cwd: user.folder });
  expect(booted.stdout, booted.stderr).toBe('pass: user ID 0 is root, and after another start root');
  expect(booted.exitCode).toBe(0);
});
