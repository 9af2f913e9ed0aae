import { mkdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Engine, idle } from '../../engine/port.ts';
import type { Owner } from '../../engine/owner.ts';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { namesFor } from '../../fetch/rpm/input.ts';
import type { FetchedRepository, RpmInput } from '../../fetch/rpm/types.ts';
import { linkOrCopy } from '../inputs.ts';
import { type Resolved, readAnswer } from './answer.ts';

export interface DnfRequest {
  /** Image with python3 and dnf. */
  image: string;
  input: RpmInput;
  arch: string;
  repositories: FetchedRepository[];
}

const COMPRESSED = ['.gz', '.xz', '.bz2', '.zst'];

/**
 * Lets dnf resolve in a container without network, into an empty root, from metadata that was checked.
 * @throws TwinproofError lock-invalid for what cannot be resolved, unsupported when the builder has no dnf
 */
export async function runDnf(engine: Engine, owner: Owner, request: DnfRequest): Promise<Resolved> {
  const { image, input, arch, repositories } = request;
  const folder = await makeScratch(owner, 'resolve');
  try {
    const staged = join(folder, 'request');
    const repos = [];
    for (const [i, repository] of repositories.entries()) {
      await stageRepository(repository, join(staged, `repo-${i}`));
      repos.push({ id: repository.repoid, path: `/request/repo-${i}`, options: repository.options });
    }
    await writeFile(join(staged, 'request.json'), JSON.stringify({ arch, repos, ...wishes(input, arch) }));
    await using container = await engine.run(owner, {
      image,
      command: idle(900),
      inputs: [
        { from: staged, at: '/request' },
        { from: join(import.meta.dirname, 'resolve.py'), at: '/resolve.py' },
      ],
      scratch: { '/tmp': { size: 2 * 1024 ** 3 }, '/var/tmp': {}, '/run': {} },
      environment: { HOME: '/tmp', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      limits: { memory: 4 * 1024 ** 3, processes: 64 },
    });
    const { stdout, stderr } = await container.exec([
      'timeout',
      '600',
      'python3',
      '/resolve.py',
      '/request/request.json',
    ]);
    return readAnswer(stdout, stderr, input.path);
  } finally {
    await removeScratch(folder);
  }
}

function wishes(input: RpmInput, arch: string): Record<string, unknown> {
  return {
    packages: namesFor(input.packages, arch),
    exclude: namesFor(input.excludePackages, arch),
    moduleEnable: namesFor(input.moduleEnable, arch),
    moduleDisable: namesFor(input.moduleDisable, arch),
    allowErasing: input.allowErasing,
    installWeakDeps: input.installWeakDeps,
    sources: !input.noSources,
  };
}

/** The repository as dnf sees it: what was verified and nothing else, under names of ours. */
async function stageRepository({ metadata }: FetchedRepository, folder: string): Promise<void> {
  await mkdir(join(folder, 'repodata'), { recursive: true });
  const entries: string[] = [];
  for (const { type, file, path } of metadata) {
    const packed = extname(new URL(file.url).pathname);
    const name = `${type}.${type === 'modules' ? 'yaml' : 'xml'}${COMPRESSED.includes(packed) ? packed : ''}`;
    await linkOrCopy(path, join(folder, 'repodata', name));
    const [algorithm = '', hex = ''] = file.checksum.split(':');
    entries.push(
      `<data type="${type}"><checksum type="${algorithm}">${hex}</checksum>` +
        `<location href="repodata/${name}"/><size>${file.size}</size></data>`,
    );
  }
  const repomd = `<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>0</revision>${entries.join('')}</repomd>\n`;
  await writeFile(join(folder, 'repodata', 'repomd.xml'), repomd);
}
