import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TwinproofError } from '../errors.ts';
import { type RunningContainer, idle, startIsolated } from '../engine/container.ts';
import { cacheFolder } from '../engine/folders.ts';
import { MARK } from '../engine/marks.ts';
import type { Owner } from '../engine/owner.ts';
import { type Engine, dockerode, engineCall } from '../engine/runtime.ts';
import { makeScratch, removeScratch } from '../engine/scratch.ts';
import { BUILD_CAPABILITIES } from './capabilities.ts';
import { securityOptions } from './environment/rights.ts';
import { inNamespace, makeNamespace, noNamespace } from './nested.ts';

/**
 * A containers-storage that holds one image, the builder or a base, in a volume of the engine. Builds mount it read-only
 * (storage.conf, `additionalimagestores`), so that no build copies the image and none can change it.
 * @param image what the engine calls the image; @param digest names the store; @param names under which it is found;
 * @param tool an image with buildah, which fills the store; @param nested its files belong to the root of nested builds
 */
export async function ensureStore(
  engine: Engine,
  owner: Owner,
  builder: { image: string; digest: string; names: string[]; tool: string; nested: boolean },
): Promise<string> {
  const kind = builder.nested ? 'nested-store' : 'store';
  const volume = `twinproof-${kind}-${builder.digest.replace('sha256:', '').slice(0, 24)}`;
  const marker = join(cacheFolder(), 'stores', `${volume}.json`);
  const names = [...builder.names].sort();
  const filled = await readFile(marker, 'utf8').catch(() => '');
  // Two engines may have a volume of this name; when it was made tells them apart.
  if (filled === JSON.stringify({ names, made: await volumeMade(engine, volume) })) return volume;
  await replaceVolume(engine, volume);
  await fillStore(engine, owner, { ...builder, volume });
  await mkdir(join(cacheFolder(), 'stores'), { recursive: true });
  // Only a store that was filled to the end gets its marker; a half-filled one is made anew.
  await writeFile(`${marker}.part`, JSON.stringify({ names, made: await volumeMade(engine, volume) }));
  await rename(`${marker}.part`, marker);
  return volume;
}

/** When the volume was made, or null when there is none. */
async function volumeMade(engine: Engine, name: string): Promise<string | null> {
  const { Volumes } = await engineCall('list volumes', () =>
    dockerode(engine).listVolumes({ filters: { name: [name] } }),
  );
  const found = Volumes.find((volume) => volume.Name === name) as { CreatedAt?: string } | undefined;
  return found === undefined ? null : (found.CreatedAt ?? 'unknown');
}

async function replaceVolume(engine: Engine, name: string): Promise<void> {
  await engineCall(`make the volume ${name}`, async () => {
    if ((await volumeMade(engine, name)) !== null) await dockerode(engine).getVolume(name).remove();
    await dockerode(engine).createVolume({ Name: name, Labels: { [MARK]: 'true' } });
  });
}

async function fillStore(
  engine: Engine,
  owner: Owner,
  store: { image: string; names: string[]; volume: string; tool: string; nested: boolean },
): Promise<void> {
  const folder = await makeScratch(owner, 'store');
  try {
    const archive = join(folder, 'image.tar');
    const saved = await engineCall('read an image', () => dockerode(engine).getImage(store.image).get());
    await pipeline(saved, createWriteStream(archive, { mode: 0o644 }));
    await using container = await startIsolated(engine, owner, {
      image: store.tool,
      command: idle(900),
      mounts: [
        { source: archive, target: '/image.tar', mode: 'ro' },
        { source: store.volume, target: '/store', mode: 'rw' },
      ],
      tmpfs: { '/scratch': 'exec,dev,suid', '/tmp': '', '/var/tmp': '', '/run': '' },
      capabilities: BUILD_CAPABILITIES,
      environment: {
        HOME: '/scratch',
        TMPDIR: '/store/tmp',
        CONTAINERS_STORAGE_CONF: '/scratch/storage.conf',
      },
      memory: 4 * 1024 ** 3,
      processes: 512,
      securityOptions: securityOptions(engine, { mayMount: true, nested: store.nested }),
      wholeProc: store.nested,
    });
    await importArchive(container, store);
  } finally {
    await removeScratch(folder);
  }
}

async function importArchive(
  container: RunningContainer,
  { names, nested }: { names: string[]; nested: boolean },
): Promise<void> {
  if (nested) {
    const made = await container.exec(
      makeNamespace('/scratch', ['/scratch', '/store', '/run', '/tmp', '/var/tmp']),
    );
    if (made.exitCode !== 0) throw noNamespace(made.stderr);
  }
  const script = `mkdir -p /store/tmp
printf '[storage]\\ndriver = "overlay"\\nrunroot = "/scratch/runroot"\\ngraphroot = "/store"\\n' > /scratch/storage.conf
id=$(buildah pull --quiet docker-archive:/image.tar)
for name in "$@"; do buildah tag "$id" "$name"; done
rm -rf /store/tmp`;
  const command = ['sh', '-ec', script, 'sh', ...names];
  const { exitCode, stderr } = await container.exec(nested ? inNamespace('/scratch', command) : command);
  if (exitCode === 0) return;
  throw new TwinproofError(
    'builder-unresolved',
    `buildah in the builder could not read the image: ${stderr.trim().slice(-300)}`,
    {
      hint: 'a builder for Containerfiles needs buildah 1.24 or later',
    },
  );
}
