import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TwinBuild } from '../build/types.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { compareImages } from '../compare/compare.ts';
import { parseRung } from '../compare/ladder.ts';
import type { DiffResult } from '../compare/types.ts';
import { type Owner, currentOwner } from '../engine/owner.ts';
import { connectEngine } from '../engine/connect.ts';
import type { Engine } from '../engine/port.ts';
import { makeScratch, removeScratch } from '../engine/scratch.ts';
import { storageError } from '../engine/storage.ts';
import { ownerIsDead, sweep } from '../engine/sweep.ts';
import { TwinproofError } from '../errors.ts';
import { openImage } from '../oci/open.ts';
import type { Build, CellKey } from '../record/events.ts';
import { HARNESS_VERSION } from '../version.ts';
import { buildTwins } from './build-twins.ts';
import { type Prepared, environmentsOf, keyOf, prepareSubject } from './prepare-subject.ts';
import { Session } from './session.ts';
import type { Variation } from '../model/variations.ts';

/** What a run recorded of one subject. */
export interface Recorded {
  key: CellKey;
  builds: Build[];
  rung: string;
}

export interface ReproduceOptions {
  catalog: Catalog;
  subject: Subject;
  recorded: Recorded;
  /** Folder that gets one OCI layout a build. */
  out: string;
  onStart: (run: { folder: string; engine: Engine; owner: Owner }) => void;
  onStep: (step: string) => void;
}

interface ReproducedBuild {
  twin: string;
  recorded: string | null;
  /** Manifest digest now, or null when it was not built. */
  manifest: string | null;
  same: boolean;
}

/** twinproof/reproduce/v1 */
export interface Reproduced {
  schema: 'twinproof/reproduce/v1';
  subject: string;
  /** Whether every build came out as recorded. */
  same: boolean;
  builds: ReproducedBuild[];
  /** Axes that the recorded builds had and these could not have, or the other way round. */
  otherwise: string[];
  /** Where the images are: an OCI layout named after each build. */
  folder: string;
  /** The first two builds compared; null when one of them was not built. */
  diff: DiffResult | null;
}

/**
 * Builds a recorded subject again from the same inputs, with the same builder, seed and environments.
 * @throws TwinproofError `input-mismatch` naming what is not the same here
 */
export async function reproduce(options: ReproduceOptions): Promise<Reproduced> {
  const { catalog, subject, recorded } = options;
  const engine = await connectEngine();
  await sweep(engine, ownerIsDead);
  const owner = currentOwner(`reproduce-${Date.now().toString(36)}-${process.pid}`);
  options.onStart({ folder: '', engine, owner });
  const vary = (recorded.builds[0]?.environment ?? []).map(({ axis }): Variation => axis);
  const session = await Session.open({
    catalog,
    cells: [],
    leftOut: [],
    suites: [],
    runFolder: options.out,
    owner,
    jobs: 1,
    builds: recorded.builds.length,
    parallelTwins: engine.cpus >= 2,
    keep: false,
    seed: recorded.key.seed,
    vary,
    harness: HARNESS_VERSION,
    previous: null,
  });
  const scratch = await makeScratch(owner, subject.id);
  let helper: Parameters<typeof removeScratch>[1];
  try {
    const send = (message: { type: string; step?: string }): void => {
      if (message.step !== undefined) options.onStep(message.step);
    };
    const prepared = await prepareSubject(session, subject, { scratch, send });
    helper = { engine, owner, image: prepared.builder.image };
    return await build(session, prepared, options);
  } finally {
    await removeScratch(scratch, helper);
  }
}

async function build(session: Session, prepared: Prepared, options: ReproduceOptions): Promise<Reproduced> {
  const { subject, recorded, out } = options;
  const environments = environmentsOf(session, prepared);
  const here = keyOf(session, prepared, environments);
  requireSame(recorded.key, here);
  options.onStep(`building ${environments.length} times`);
  const made = await buildTwins(session, prepared, environments);
  const builds: ReproducedBuild[] = [];
  for (const [index, twin] of made.entries()) {
    const before = recorded.builds[index]?.manifest ?? null;
    const manifest = await keep(twin, out);
    builds.push({ twin: twin.twin, recorded: before, manifest, same: manifest === before });
  }
  const [a, b] = made;
  return {
    schema: 'twinproof/reproduce/v1',
    subject: subject.id,
    same: builds.every(({ same }) => same),
    builds,
    otherwise: otherVariations(recorded.key, here),
    folder: out,
    diff: a === undefined || b === undefined ? null : await difference([a, b], recorded.rung),
  };
}

/** What decides the result must be the same; anything else would be another experiment. */
function requireSame(recorded: CellKey, here: CellKey): void {
  for (const name of ['source', 'lock', 'builder', 'bases', 'platform'] as const) {
    const [before, now] = [recorded[name], here[name]].map((value) => JSON.stringify(value ?? null));
    if (before === now) continue;
    throw new TwinproofError('input-mismatch', `another ${name}: recorded ${before}, here ${now}`, {
      hint: 'check out the revision that the run was made from, or name its catalog with --catalog',
    });
  }
}

function otherVariations(recorded: CellKey, here: CellKey): string[] {
  const axes = new Set([...Object.keys(recorded.variations), ...Object.keys(here.variations)]);
  const text = (key: CellKey, axis: string): string => key.variations[axis]?.join(' / ') ?? 'not varied';
  const other = [...axes].filter((axis) => text(recorded, axis) !== text(here, axis));
  const versions =
    recorded.harness === here.harness ? [] : [`harness: ${recorded.harness}, here ${here.harness}`];
  return [...versions, ...other.map((axis) => `${axis}: ${text(recorded, axis)}, here ${text(here, axis)}`)];
}

/** Copies a build's layout out of the scratch folder, which goes. @returns its manifest digest */
async function keep({ twin, outcome }: TwinBuild, out: string): Promise<string | null> {
  if (!outcome.built) return null;
  const target = join(out, twin);
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw storageError(`could not make ${out}`, cause);
  });
  await cp(outcome.layout, target, { recursive: true, errorOnExist: true, force: false }).catch(
    (cause: unknown) => {
      throw storageError(`could not write ${target}`, cause);
    },
  );
  const image = await openImage(`oci:${target}`);
  try {
    return image.manifest.digest;
  } finally {
    await image.close();
  }
}

async function difference([a, b]: [TwinBuild, TwinBuild], rung: string): Promise<DiffResult | null> {
  if (!a.outcome.built || !b.outcome.built) return null;
  await using images = new AsyncDisposableStack();
  const first = images.adopt(await openImage(`oci:${a.outcome.layout}`), (image) => image.close());
  const second = images.adopt(await openImage(`oci:${b.outcome.layout}`), (image) => image.close());
  return await compareImages(first, second, { rung: parseRung(rung), maxDiffs: 100 });
}
