import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ResultPromise, execa } from 'execa';
import { listScratch } from '../../../harness/engine/scratch.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import manifest from '../../../package.json' with { type: 'json' };

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = join(ROOT, 'harness/cli/main.ts');

/** Runs the real command as a user would; never throws for an exit code. */
export function twinproof(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  return execa(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { NO_COLOR: '1', ...options.env },
    reject: false,
    stdin: 'ignore',
    maxBuffer: 50_000_000,
  });
}

/** Packs this checkout as npm would publish it. @returns path of the tarball */
export async function pack(folder: string): Promise<string> {
  await execa('npm', ['run', 'package', '--', '--pack-destination', folder], { cwd: ROOT });
  return join(folder, `${manifest.name}-${manifest.version}.tgz`);
}

export type Running = ResultPromise;

/** A folder that goes when its scope ends. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'twinproof-selftest-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * A catalog in a folder of its own, with the bundled builder (made once, since its content is the same) and files.
 * @param subjects the part below `subjects:`
 */
export async function writeCatalog(
  folder: string,
  subjects: string,
  files: Record<string, string> = {},
  head = '',
): Promise<string> {
  await cp(join(ROOT, 'fixtures/builder'), join(folder, 'builder'), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const path = join(folder, 'catalog.yaml');
  const text = `version: 1
name: selftest
builder: { definition: builder }
defaults: { platforms: [linux/amd64], sourceDateEpoch: 1767225600 }
${head}subjects:
${subjects}`;
  await writeFile(path, text);
  return path;
}

/** Containers and scratch folders that belong to a run, recognised by the name of its folder. */
export async function leftovers(runFolder: string): Promise<{ containers: string[]; folders: string[] }> {
  const run = basename(runFolder);
  const marked = await (await connectEngine()).list();
  const containers = marked.filter(({ owner }) => owner.run === run);
  const folders = (await listScratch()).filter(({ owner }) => owner?.run === run);
  return { containers: containers.map(({ id }) => id), folders: folders.map(({ folder }) => folder) };
}

/** Waits until something is so, or fails. */
export async function until(what: string, so: () => Promise<boolean>, seconds = 120): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (await so()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}
