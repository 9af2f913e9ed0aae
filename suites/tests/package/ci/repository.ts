import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { twinproof, writeCatalog } from '../../selftest/support.ts';

const AUTHOR = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];

export const git = async (cwd: string, ...args: string[]): Promise<string> =>
  (await execa('git', [...AUTHOR, ...args], { cwd })).stdout;

async function committed(folder: string, message: string, ...paths: string[]): Promise<void> {
  await git(folder, 'add', ...(paths.length === 0 ? ['--all'] : paths));
  await git(folder, 'commit', '--quiet', '--message', message);
}

const recipe = (step: string): string => `FROM localhost/builder AS build
RUN mkdir -p /newroot/etc && ${step} > /newroot/etc/what
FROM scratch
COPY --from=build /newroot /
`;

const subject = (image: string): string =>
  `  - { image: ${image}, recipe: { containerfile: ${image}/Containerfile }, claims: { reproducible: true } }\n`;

/**
 * A user's repository with three images, one of which is not reproducible, and the log of a run of them as its baseline.
 * Its branches: `worse` breaks one image and touches another, `better` fixes one, `words` touches none, `around` takes out
 * an image, withdraws a claim and writes both out of the baseline. `empty` has no catalog, and `fresh` adds one to it.
 */
export async function userRepository(folder: string): Promise<string> {
  const path = join(folder, 'user.git');
  const files = {
    'steady/Containerfile': recipe('echo steady'),
    'other/Containerfile': recipe('echo other'),
    'known/Containerfile': recipe('hostname'),
  };
  const written = await writeCatalog(path, ['steady', 'other', 'known'].map(subject).join(''), files);
  const catalog = join(path, 'my.catalog.yaml');
  await rename(written, catalog);
  const results = join(folder, 'baseline-runs');
  const { stderr } = await twinproof(['verify', catalog, '--claim', 'reproducible', '--results', results]);
  const run = /recorded in (\S+)/.exec(stderr)?.[1] ?? '';
  await mkdir(join(path, 'baseline'));
  await cp(join(run, 'run.jsonl'), join(path, 'baseline/run.jsonl'));
  await git(path, 'init', '--quiet', '--initial-branch=main');
  await committed(path, 'three images');
  const uuid = recipe('cat /proc/sys/kernel/random/uuid');
  const steady = `# Touched.\n${recipe('echo steady')}`;
  await branch(path, 'worse', { 'other/Containerfile': uuid, 'steady/Containerfile': steady });
  await branch(path, 'better', { 'known/Containerfile': recipe('echo known') });
  await branch(path, 'words', { 'README.md': 'Three images.\n' });
  const all = await readFile(catalog, 'utf8');
  const silent = subject('other').replace('true', 'false');
  const less = all.replace(subject('steady'), '').replace(subject('other'), silent);
  await branch(path, 'around', { 'my.catalog.yaml': less, 'baseline/run.jsonl': '' });
  await git(path, 'checkout', '--quiet', '--orphan', 'empty');
  await git(path, 'rm', '--quiet', '-r', '--cached', 'my.catalog.yaml', 'baseline');
  await committed(path, 'nothing', 'builder', 'steady', 'other', 'known');
  await writeFile(catalog, all.replace(subject('other'), '').replace(subject('known'), ''));
  await git(path, 'checkout', '--quiet', '-b', 'fresh');
  await committed(path, 'a catalog', 'my.catalog.yaml');
  await git(path, 'checkout', '--quiet', '--force', 'main');
  return path;
}

async function branch(path: string, name: string, files: Record<string, string>): Promise<void> {
  await git(path, 'checkout', '--quiet', '-b', name, 'main');
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  await committed(path, name);
  await git(path, 'checkout', '--quiet', 'main');
}
