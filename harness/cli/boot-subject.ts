import { isDiskFile } from '../boot/disk/bring-disk.ts';
import type { Accelerator } from '../boot/machine/types.ts';
import { startGivenDisk } from '../boot/system/existing-disk.ts';
import { type UnderTest, startUnderTest } from '../boot/system/under-test.ts';
import { type Owner, currentOwner } from '../engine/owner.ts';
import { connectEngine } from '../engine/connect.ts';
import type { Engine } from '../engine/port.ts';
import { ownerIsDead, sweep } from '../engine/sweep.ts';
import { TwinproofError } from '../errors.ts';
import { type OpenOptions, openImage } from '../oci/open.ts';
import { parseReference } from '../oci/reference.ts';
import type { OciImage } from '../oci/types.ts';
import type { onInterrupt } from './interrupt.ts';

/** What is to be started. */
export interface BootTarget extends AsyncDisposable {
  start(options: {
    interrupt: ReturnType<typeof onInterrupt>;
    onStep: (step: string) => void;
  }): Promise<UnderTest>;
  /** Digests that say what it is; null where it was not looked at. @param started null for what was not started, or not yet */
  reported(started: UnderTest | null): { image: string } | { disk: string | null };
}

interface Wanted {
  /** The next release of an image. */
  update?: string | undefined;
  /** A claim looks at an update, one at updates that do not come up, and one at an older one. */
  needsUpdate: boolean;
  badUpdates: boolean;
  olderRelease: boolean;
  accelerator: Accelerator | 'auto';
  /** How images are found. */
  open: OpenOptions;
}

/** An image, or, where a bare path is a file that holds one, a disk. */
export async function openSubject(reference: string, wanted: Wanted): Promise<BootTarget> {
  const parsed = parseReference(reference);
  if (parsed.transport !== 'path' || !(await isDiskFile(parsed.path))) return imageSubject(reference, wanted);
  return diskSubject(parsed.path, wanted);
}

async function imageSubject(reference: string, wanted: Wanted): Promise<BootTarget> {
  const { badUpdates, olderRelease, accelerator } = wanted;
  const image = await openImage(reference, wanted.open);
  const update = await wantedUpdate(image, wanted).catch(async (error: unknown) => {
    await image.close();
    throw error;
  });
  return {
    async start({ interrupt, onStep }) {
      const engine = await connectEngine();
      const owner = await ready(interrupt, engine);
      return startUnderTest(engine, owner, { image, accelerator, update, badUpdates, olderRelease, onStep });
    },
    reported: () => ({ image: image.manifest.digest }),
    async [Symbol.asyncDispose]() {
      if (typeof update === 'object') await update?.close();
      await image.close();
    },
  };
}

async function diskSubject(path: string, wanted: Wanted): Promise<BootTarget> {
  const { accelerator, update: named, open } = wanted;
  if (named === undefined && open.platform !== undefined)
    throw new TwinproofError('usage', '--platform: a disk is of one platform', {
      hint: 'leave it away, or name the image that the disk was made from',
    });
  if (named !== undefined && !wanted.needsUpdate) throw notLookedAt(named);
  const update = named === undefined ? null : await openImage(named, open);
  return {
    async start({ interrupt, onStep }) {
      // An engine makes the disk with the next release.
      const owner = await ready(interrupt, update === null ? null : await connectEngine());
      return startGivenDisk(owner, { path, accelerator, update, onStep });
    },
    reported: (started) => ({ disk: started?.given?.digest ?? null }),
    async [Symbol.asyncDispose]() {
      await update?.close();
    },
  };
}

const notLookedAt = (update: string): TwinproofError =>
  new TwinproofError('usage', `--update ${update}: none of these claims looks at an update`);

/** What the image is to be updated to, where a claim asks for an update. */
async function wantedUpdate(
  image: OciImage,
  { update, needsUpdate, open }: Wanted,
): Promise<OciImage | 'synthetic' | null> {
  if (update === undefined) return needsUpdate ? 'synthetic' : null;
  if (!needsUpdate) throw notLookedAt(update);
  const next = await openImage(update, open);
  const reason = noUpdate(image, next);
  if (reason === null) return next;
  await next.close();
  throw new TwinproofError(reason.code, `--update ${update}: ${reason.words}`, { hint: reason.hint });
}

/** Why one image is nothing that a system with another one can be updated to, as far as their documents say; else null. */
export function noUpdate(
  image: Pick<OciImage, 'manifest' | 'config'>,
  next: Pick<OciImage, 'manifest' | 'config'>,
): { code: 'usage' | 'unsupported'; words: string; hint: string } | null {
  const { digest } = next.manifest;
  if (digest === image.manifest.digest)
    return {
      ...{ code: 'usage', words: `same image: ${digest} is what it is to be updated from` },
      hint: 'name another release, or leave the option out: then one is made from the image',
    };
  const [from, to] = [image, next].map(platformOf);
  if (from === to) return null;
  return {
    ...{ code: 'unsupported', words: `it is for ${to ?? ''}, and the image for ${from ?? ''}` },
    hint: 'name the release for the same platform, or choose it by --platform',
  };
}

function platformOf({ config }: Pick<OciImage, 'config'>): string {
  const { os, architecture } = config.json;
  return [os, architecture]
    .map((part) => (typeof part === 'string' ? part.slice(0, 20) : 'unknown'))
    .join('/');
}

/** Sweeps what dead runs left, and will sweep what this one leaves when it is interrupted. */
async function ready(interrupt: ReturnType<typeof onInterrupt>, engine: Engine | null): Promise<Owner> {
  const owner = currentOwner(`boot-${process.pid}`);
  await sweep(engine, ownerIsDead);
  interrupt.armed({ engine, owner });
  return owner;
}
