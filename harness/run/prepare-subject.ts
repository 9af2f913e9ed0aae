import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRecipe } from '../rebuild/check-recipe.ts';
import { environmentOf, variationsOf } from '../rebuild/environment/environments.ts';
import type { TwinEnvironment } from '../rebuild/environment/types.ts';
import { stageInputs } from '../rebuild/inputs.ts';
import { networkOf } from '../rebuild/network/plan.ts';
import type { BuildNetwork } from '../rebuild/network/types.ts';
import { sourceDigest } from '../rebuild/source-digest.ts';
import { containerMemory } from '../rebuild/twin.ts';
import type { ReadyBase, ReadyBuilder, StagedInputs } from '../rebuild/types.ts';
import { placeText } from '../catalog/complaints.ts';
import type { ClaimFiles, Subject } from '../catalog/types.ts';
import { unnamedStages } from '../containerfile/unnamed-stages.ts';
import { TwinproofError } from '../errors.ts';
import type { NamedLock } from '../lock/types.ts';
import type { CellKey } from '../record/events.ts';
import { digestClaimFiles } from './key-of-claim.ts';
import type { Message } from './messages.ts';
import type { Session } from './session.ts';
import { platformText } from '../model/platform.ts';
import type { Variation } from '../model/variations.ts';

/** What builds of a subject are results of, as far as it must be known to judge them. */
export interface Known {
  subject: Subject;
  builder: Pick<ReadyBuilder, 'name' | 'digest'>;
  /** The builder in the engine here, got ready when it is asked for. */
  builderImage: () => Promise<string>;
  bases: readonly Pick<ReadyBase, 'written' | 'digest'>[];
  lock: NamedLock | null;
  inputs: StagedInputs;
  /** URL of each locked file to its path in the cache. */
  cached: ReadonlyMap<string, string>;
  network: BuildNetwork;
  /** Digest of the recipe and all its files. */
  source: string;
  /** Digests of what options of claims name, by claim and option. */
  claimFiles: ClaimFiles;
}

/** What the builds of a subject start from. */
export interface Prepared extends Known {
  scratch: string;
  builder: ReadyBuilder;
  bases: ReadyBase[];
  unnamedStages: string[] | null;
}

/** In what a twin is built that differs in these variations from the others. */
export type EnvironmentMaker = (
  twin: { name: string; index: number },
  variations: readonly Variation[],
) => TwinEnvironment;

type KeyStart = Pick<CellKey, 'source' | 'lock' | 'builder' | 'bases' | 'platform'>;

export interface Work {
  scratch: string;
  send: (message: Message) => void;
}

/** Gets a subject's builder and inputs ready. */
export async function prepareSubject(
  session: Session,
  subject: Subject,
  { scratch, send }: Work,
): Promise<Prepared> {
  refuseMissing(subject);
  const builder = await session.builder(subject, send);
  await checkRecipe(subject, () => session.knowsHereDocuments(builder));
  const bases = await session.bases(subject, builder, send);
  const known = await describe(session, subject, {
    scratch,
    send,
    builder: () => Promise.resolve(builder),
  });
  return { ...known, scratch, builder, bases, unnamedStages: await unnamedStagesOf(subject) };
}

/**
 * Everything about a subject that is not its builder.
 * @param builder asked only for packages that are built here and are not there yet, and by claims
 */
export async function describe(
  session: Session,
  subject: Subject,
  { scratch, send, builder }: Work & { builder: () => Promise<ReadyBuilder> },
): Promise<Omit<Known, 'builder' | 'bases'>> {
  const source = await sourceDigest(subject, (path) => session.treeDigest(path));
  const { lock, cached } = await session.inputs(subject, builder, send);
  const { architecture } = subject.platform;
  const inputs =
    lock === null
      ? { folder: null, files: 0, bytes: 0, unverified: [], unsized: 0 }
      : await stageInputs(lock, architecture, cached, join(scratch, 'inputs'));
  const { sourceDateEpoch } = subject;
  const redirects = session.input.carried;
  return {
    subject,
    builderImage: async () => (await builder()).image,
    lock,
    inputs,
    cached,
    network: await networkOf({ lock, architecture, sourceDateEpoch, redirects }),
    source,
    claimFiles: await digestClaimFiles(subject, (path) => session.treeDigest(path)),
  };
}

async function unnamedStagesOf({ recipe }: Subject): Promise<string[] | null> {
  if (recipe.kind !== 'containerfile') return null;
  const { buildArgs, target } = recipe;
  const text = await readFile(recipe.containerfile, 'utf8');
  return unnamedStages(text, { buildArgs, ...(target === undefined ? {} : { target }) });
}

/** What a checkout asks for and nobody handed over; without it a build would only fail later. */
function refuseMissing({ missing }: Subject): void {
  if (missing === undefined) return;
  const { place, text, hint } = missing;
  throw new TwinproofError('input-unavailable', text, { where: placeText(place), hint });
}

/** How builds are made to differ on this machine; the first of a run finds out what it allows. */
export async function environmentMaker(
  session: Session,
  { builder, subject }: Prepared,
  send: (message: Message) => void = () => undefined,
): Promise<EnvironmentMaker> {
  const place = {
    seed: session.input.seed,
    machine: await session.machine(builder, send),
    recipe: subject.recipe.kind,
    memory: containerMemory(subject),
  };
  return (twin, variations) => environmentOf(twin, { ...place, variations });
}

/** The environments of as many twins as the run builds. */
export async function environmentsOf(
  session: Session,
  prepared: Prepared,
  send?: (message: Message) => void,
): Promise<TwinEnvironment[]> {
  const make = await environmentMaker(session, prepared, send);
  return Array.from({ length: session.input.builds }, (_, index) =>
    make({ name: twinName(index), index }, session.input.vary),
  );
}

/** A to Z, then AA, AB … */
export function twinName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : twinName(Math.floor(index / 26) - 1) + letter;
}

/** Everything that the results of these builds are results of. @param environments of those that were made, or will be */
export function keyOf(
  session: Session,
  known: Known,
  environments: readonly Pick<TwinEnvironment, 'record'>[],
): CellKey {
  return {
    ...keyStart(known),
    variations: variationsOf(environments),
    seed: session.input.seed,
    harness: session.input.harness,
  };
}

/** The part of the key that does not depend on where it is built. */
export function keyStart({ source, lock, builder, bases, subject }: Known): KeyStart {
  return {
    source,
    lock: lock?.digest ?? null,
    builder: builder.digest,
    ...(bases.length === 0
      ? {}
      : { bases: Object.fromEntries(bases.map(({ written, digest }) => [written, digest])) }),
    platform: platformText(subject.platform),
  };
}
