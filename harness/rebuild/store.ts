import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TwinproofError } from '../errors.ts';
import { type Engine, type RunningContainer, idle } from '../engine/port.ts';
import { cacheFolder } from '../engine/folders.ts';
import { withLock } from '../engine/lock.ts';
import { machineLocks } from '../engine/machine-locks.ts';
import type { Owner } from '../engine/owner.ts';
import { makeScratch, removeScratch } from '../engine/scratch.ts';
import { BUILD_CAPABILITIES } from './capabilities.ts';
import { confinement } from './environment/rights.ts';
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
  builder: {
    image: string;
    digest: string;
    names: string[];
    tool: string;
    nested: boolean;
    onWait?: (text: string) => void;
  },
): Promise<string> {
  const kind = builder.nested ? 'nested-store' : 'store';
  const volume = `twinproof-${kind}-${builder.digest.replace('sha256:', '').slice(0, 24)}`;
  // Docker Engine and podman each have a volume of this name, and neither is filled again because of the other.
  const marker = join(cacheFolder(), 'stores', `${volume}${engine.name === 'Podman' ? '-podman' : ''}.json`);
  const names = [...builder.names].sort();
  const filled = await readFile(marker, 'utf8').catch(() => '');
  // So may two engines of one kind; when it was made tells them apart.
  const made = await engine.volumes.made(volume);
  if (filled === JSON.stringify({ names, made })) return volume;
  // A harness with another cache folder may be filling it, or has filled it, and its builds may be in it now.
  await withLock(
    volume,
    owner,
    async () => {
      const store = { ...builder, names, volume };
      const isThere = (await engine.volumes.made(volume)) !== null;
      if (isThere && (await isFilled(engine, owner, store))) return;
      await replaceVolume(engine, volume);
      await fillStore(engine, owner, store);
    },
    { folder: await machineLocks(), onWait: builder.onWait },
  );
  await mkdir(join(cacheFolder(), 'stores'), { recursive: true });
  // Only a store that was filled to the end gets its marker; a half-filled one is made anew.
  await writeFile(`${marker}.part`, JSON.stringify({ names, made: await engine.volumes.made(volume) }));
  await rename(`${marker}.part`, marker);
  return volume;
}

/** What a store that was filled to the end says of itself. */
const SAYS = 'names.json';

async function isFilled(
  engine: Engine,
  owner: Owner,
  { volume, tool, names }: { volume: string; tool: string; names: string[] },
): Promise<boolean> {
  await using container = await engine.run(owner, {
    image: tool,
    command: idle(60),
    inputs: [{ from: { volume }, at: '/store' }],
    limits: { memory: 64 * 1024 ** 2, processes: 64 },
  });
  const { stdout } = await container.exec(['cat', `/store/${SAYS}`]);
  return stdout === JSON.stringify(names);
}

async function replaceVolume({ volumes }: Engine, name: string): Promise<void> {
  if ((await volumes.made(name)) !== null) await volumes.remove(name);
  await volumes.create(name);
}

async function fillStore(
  engine: Engine,
  owner: Owner,
  store: { image: string; names: string[]; volume: string; tool: string; nested: boolean },
): Promise<void> {
  const folder = await makeScratch(owner, 'store');
  try {
    const archive = join(folder, 'image.tar');
    await pipeline(await engine.images.export(store.image), createWriteStream(archive, { mode: 0o644 }));
    await using container = await engine.run(owner, {
      image: store.tool,
      command: idle(900),
      inputs: [{ from: archive, at: '/image.tar' }],
      outputs: [{ to: { volume: store.volume }, at: '/store' }],
      scratch: { '/scratch': { executable: true, privileged: true }, '/tmp': {}, '/var/tmp': {}, '/run': {} },
      capabilities: BUILD_CAPABILITIES,
      environment: {
        HOME: '/scratch',
        TMPDIR: '/store/tmp',
        CONTAINERS_STORAGE_CONF: '/scratch/storage.conf',
      },
      limits: { memory: 4 * 1024 ** 3, processes: 512 },
      ...confinement({ mayMount: true, nested: store.nested }),
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
  const script = `said=$1; shift; mkdir -p /store/tmp
printf '[storage]\\ndriver = "overlay"\\nrunroot = "/scratch/runroot"\\ngraphroot = "/store"\\n' > /scratch/storage.conf
id=$(buildah pull --quiet docker-archive:/image.tar)
for name in "$@"; do buildah tag "$id" "$name"; done
rm -rf /store/tmp
printf %s "$said" > /store/${SAYS}`;
  const command = ['sh', '-ec', script, 'sh', JSON.stringify(names), ...names];
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
