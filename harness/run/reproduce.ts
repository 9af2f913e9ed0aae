import { join } from 'node:path';
import type { Catalog, Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import type { Build, CellKey } from '../record/events.ts';
import { buildTwins } from './build-twins.ts';
import { compareBuilds } from './compare-builds.ts';
import { keepImage } from './keep-image.ts';
import { type Prepared, environmentsOf, keyOf } from './prepare-subject.ts';
import type { Session } from './session.ts';
import type { Reproduced, ReproducedBuild } from './reproduce-result.ts';
import { type SubjectWork, withSubject } from './with-subject.ts';
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
  onStart: SubjectWork['onStart'];
  onStep: (step: string) => void;
}

/**
 * Builds a recorded subject again from the same inputs, with the same builder, seed and environments.
 * @throws TwinproofError `input-mismatch` naming what is not the same here
 */
export async function reproduce(options: ReproduceOptions): Promise<Reproduced> {
  const { catalog, subject, recorded } = options;
  return withSubject(
    {
      command: 'reproduce',
      catalog,
      subject,
      runFolder: options.out,
      builds: recorded.builds.length,
      seed: recorded.key.seed,
      vary: (recorded.builds[0]?.environment ?? []).map(({ variation }): Variation => variation),
      onStart: options.onStart,
      send: (message) => {
        if (message.type === 'step') options.onStep(message.step);
      },
    },
    (session, prepared) => build(session, prepared, options),
  );
}

async function build(session: Session, prepared: Prepared, options: ReproduceOptions): Promise<Reproduced> {
  const { subject, recorded, out } = options;
  const environments = await environmentsOf(session, prepared);
  const here = keyOf(session, prepared, environments);
  requireSame(recorded.key, here);
  options.onStep(`building ${environments.length} times`);
  const made = await buildTwins(session, prepared, environments);
  const builds: ReproducedBuild[] = [];
  for (const [index, twin] of made.entries()) {
    const before = recorded.builds[index]?.manifest ?? null;
    const manifest = (await keepImage(twin, prepared.scratch, join(out, twin.twin)))?.manifest ?? null;
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
    diff: a === undefined || b === undefined ? null : await compareBuilds([a, b], recorded.rung),
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
  const variations = new Set([...Object.keys(recorded.variations), ...Object.keys(here.variations)]);
  const text = (key: CellKey, variation: string): string =>
    key.variations[variation]?.join(' / ') ?? 'not varied';
  const other = [...variations].filter((variation) => text(recorded, variation) !== text(here, variation));
  const versions =
    recorded.harness === here.harness ? [] : [`harness: ${recorded.harness}, here ${here.harness}`];
  return [
    ...versions,
    ...other.map((variation) => `${variation}: ${text(recorded, variation)}, here ${text(here, variation)}`),
  ];
}
