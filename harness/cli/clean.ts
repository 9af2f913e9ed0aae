import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { cacheFolder } from '../engine/folders.ts';
import { connectEngine } from '../engine/connect.ts';
import { BUILDER_REPOSITORY, UNDER_TEST } from '../engine/marks.ts';
import type { Engine } from '../engine/port.ts';
import { isAlive } from '../engine/owner.ts';
import { sweep } from '../engine/sweep.ts';
import { cleanCache } from '../fetch/cache.ts';
import { type Cleaned, cleanResult } from './clean-result.ts';
import { type ClusterFlags, addClusterOptions, clusterAccess } from './cluster-options.ts';
import { print } from './output.ts';

export function cleanCommand(): Command {
  return addClusterOptions(new Command('clean'))
    .description(
      "remove containers, images, volumes and caches that carry the harness's own mark, nothing else",
    )
    .option('--leftovers', 'only what runs that ended left behind; keep builders and downloads', false)
    .option('--json', 'print what was removed as JSON (twinproof/clean/v1)', false)
    .option('--quiet', 'print nothing', false)
    .option('--no-color', 'no colours')
    .action(async (options: Options) => {
      const { engine, leftovers, json, quiet } = options;
      const cleaned =
        engine === 'kubernetes' ? await cleanJobs(options) : await clean(await connectEngine(), leftovers);
      if (quiet) return;
      print(json ? `${JSON.stringify(cleanResult(cleaned), null, 2)}\n` : tellCleaned(cleaned));
    });
}

interface Options extends ClusterFlags {
  leftovers: boolean;
  json: boolean;
  quiet: boolean;
}

/** A cluster keeps nothing between runs: what is there is of one that goes on, or was cut off. */
async function cleanJobs(options: Options): Promise<Cleaned> {
  const { cleanCluster } = await import('../kubernetes/clean.ts');
  const { jobs, pods } = await cleanCluster(clusterAccess(options));
  return { containers: pods, folders: [], images: [], volumes: [], jobs, downloads: 0 };
}

/** Folders of the cache, besides downloads. */
const OURS = ['builders', 'stores', 'scratch', 'locks', 'compiled', 'locales', 'node', 'seccomp'];

async function clean(engine: Engine, leftovers: boolean): Promise<Cleaned> {
  const swept = await sweep(engine, leftovers ? (owner) => !isAlive(owner) : () => true);
  const images = await removeImages(engine, leftovers ? [UNDER_TEST] : [UNDER_TEST, BUILDER_REPOSITORY]);
  if (leftovers) return { ...swept, images, volumes: [], jobs: [], downloads: 0 };
  const volumes = await removeVolumes(engine);
  // Folder by folder: whatever else lies in a cache folder that the user named is not ours.
  const folders = OURS.map((name) => join(cacheFolder(), name));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  const { files: downloads } = await cleanCache(cacheFolder());
  return { ...swept, folders: [...swept.folders, ...folders], images, volumes, jobs: [], downloads };
}

async function removeImages(engine: Engine, repositories: string[]): Promise<string[]> {
  const names = (await Promise.all(repositories.map((repository) => engine.images.list(repository)))).flat();
  for (const name of names) await engine.images.remove(name);
  return names;
}

async function removeVolumes({ volumes }: Engine): Promise<string[]> {
  const names = await volumes.list();
  for (const name of names) await volumes.remove(name);
  return names;
}

function tellCleaned({ containers, folders, images, volumes, jobs, downloads }: Cleaned): string {
  const counts = [
    [containers.length, 'containers'],
    [folders.length, 'folders'],
    [images.length, 'images'],
    [volumes.length, 'volumes'],
    [downloads, 'downloads'],
    ...(jobs.length === 0 ? [] : [[jobs.length, 'Jobs'] as const]),
  ] as const;
  return `removed ${counts.map(([count, word]) => `${count} ${word}`).join(', ')}\n`;
}
