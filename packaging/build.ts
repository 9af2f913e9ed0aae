import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { manPages } from '../harness/cli/help/man.ts';
import { commandTree } from '../harness/cli/commands.ts';
import { HARNESS_VERSION } from '../harness/version.ts';

// Makes dist/, which the npm package holds in place of the TypeScript: Node compiles nothing below node_modules.

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** What the program reads at run time beside code: schemas, scripts for containers and guests, the page's style and program. */
const ASSETS = ['*.schema.json', '*.sh', '*.py', 'page.css', 'page/client/page.js'].map(
  (name) => `harness/**/${name}`,
);

/** The definition of the builder that `lock` resolves RPM locks in where no catalog names one. */
const BUILDER = 'fixtures/builder/**';

await rm(DIST, { recursive: true, force: true });
await execa('tsc', ['--project', 'packaging'], { cwd: ROOT, preferLocal: true, stdio: 'inherit' });
for (const path of await tracked([...ASSETS, BUILDER])) {
  await cp(join(ROOT, path), join(DIST, path));
}
const { name, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Record<
  string,
  string
>;
await writeFile(join(DIST, 'package.json'), `${JSON.stringify({ name, version, type: 'module' })}\n`);
// Containers see this folder alone, and Node must not have to guess what its files are.
await writeFile(join(DIST, 'harness/rebuild/programs/package.json'), '{ "type": "module" }\n');

await mkdir(join(DIST, 'man'));
for (const [file, text] of manPages(await commandTree(), HARNESS_VERSION))
  await writeFile(join(DIST, 'man', file), text);

/** Files that git knows: what merely lies about in a checkout is no part of the package. */
async function tracked(patterns: string[]): Promise<string[]> {
  const globs = patterns.map((pattern) => `:(glob)${pattern}`);
  const { stdout } = await execa('git', ['ls-files', '-z', '--', ...globs], { cwd: ROOT });
  return stdout.split('\0').filter((path) => path !== '');
}
