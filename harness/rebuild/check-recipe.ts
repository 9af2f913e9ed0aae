import { type Engine, idle } from '../engine/port.ts';
import type { Owner } from '../engine/owner.ts';
import type { Subject } from '../catalog/types.ts';
import { firstHereDocument, refusals } from '../containerfile/refusals.ts';
import { TwinproofError } from '../errors.ts';
import { buildOf, readContainerfile } from './base-images.ts';
import { BUILD_CAPABILITIES } from './capabilities.ts';
import type { ReadyBuilder } from './types.ts';

/**
 * Refuses a Containerfile that asks for what no build here has, or that its builder would read otherwise than it is meant.
 * @param knowsHereDocuments asked only for a recipe that has some
 * @throws TwinproofError `unsupported` with the line
 */
export async function checkRecipe(
  subject: Subject,
  knowsHereDocuments: () => Promise<boolean>,
): Promise<void> {
  const { recipe } = subject;
  if (recipe.kind !== 'containerfile') return;
  const text = await readContainerfile(recipe.containerfile);
  const build = buildOf(subject, recipe);
  const [refusal] = refusals(text, build);
  if (refusal !== undefined) {
    const where = `${recipe.containerfile}:${refusal.line}:1`;
    throw new TwinproofError('unsupported', refusal.reason, { where, hint: refusal.hint });
  }
  const line = firstHereDocument(text, build);
  if (line === null || (await knowsHereDocuments())) return;
  // An older buildah takes the lines of a here-document for instructions, and may well end with an image.
  throw new TwinproofError('unsupported', "the builder's buildah does not know here-documents", {
    where: `${recipe.containerfile}:${line}:1`,
    hint: 'use a builder with buildah 1.33 or later, or write the lines with printf',
  });
}

const MIB = 1024 ** 2;

const SCRIPT = `mkdir -p /scratch/context && cd /scratch/context
printf '[storage]\\ndriver = "vfs"\\nrunroot = "/scratch/runroot"\\ngraphroot = "/scratch/store"\\n' > /scratch/storage.conf
printf 'FROM scratch\\nCOPY <<EOF /x\\nx\\nEOF\\n' > /scratch/Containerfile
buildah bud --isolation=chroot --network=host --pull-never --layers=false --file=/scratch/Containerfile . 2>&1`;

/** Builds a here-document: an old buildah looks for a file of that name. What else may go wrong a real build tells. */
export async function probeHereDocuments(
  engine: Engine,
  owner: Owner,
  builder: ReadyBuilder,
): Promise<boolean> {
  await using container = await engine.run(owner, {
    image: builder.image,
    command: idle(300),
    scratch: {
      '/scratch': { executable: true, privileged: true, size: 64 * MIB },
      '/tmp': { size: 16 * MIB },
      '/var/tmp': { size: 16 * MIB },
      '/run': { size: 16 * MIB },
    },
    capabilities: BUILD_CAPABILITIES,
    environment: { HOME: '/scratch', TMPDIR: '/scratch', CONTAINERS_STORAGE_CONF: '/scratch/storage.conf' },
    limits: { memory: 512 * MIB, processes: 256 },
    unconfined: true,
  });
  const { exitCode, stdout } = await container.exec(['sh', '-c', SCRIPT]);
  return exitCode === 0 || !/stat.*<<EOF/.test(stdout);
}
