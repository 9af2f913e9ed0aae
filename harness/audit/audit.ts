import type { RegistryOptions } from '../oci/registry/types.ts';
import type { Platform } from '../model/platform.ts';
import { TwinproofError } from '../errors.ts';
import { HARNESS_VERSION } from '../version.ts';
import { type Chosen, choose, coverage } from './choose.ts';
import { AUDIT_CLAIMS } from './claims/registry.ts';
import type { AuditCase, AuditClaim } from './claims/types.ts';
import { type Exhibit, gather } from './evidence.ts';
import { readSubject } from './find/subject.ts';
import { isPinned } from './read/facts.ts';
import type { AuditResult } from './result.ts';
import { beforeSource, source as sourceClaim } from './claims/source.ts';
import type { Rung } from '../model/rungs.ts';
import { type Places, placesNow } from './places.ts';
import { withBasesOf } from './rebuild/bases-of-source.ts';
import { type RebuildsOptions, rebuildAll } from './rebuild/rebuild.ts';
import type { SourceFound } from './source/types.ts';
import { ScratchFolder } from '../oci/scratch.ts';
import { type TrustOptions, readTrust } from './verify/trust.ts';

export interface AuditOptions extends TrustOptions {
  /** Ids of claims; all where there are none. */
  claims: readonly string[];
  platform?: Platform | undefined;
  registry?: RegistryOptions | undefined;
  /** The image that the build ran in, by digest, where nothing that somebody signed names it. */
  builder?: string | undefined;
  /** Files with attestations. */
  attestations?: readonly string[];
  /** A checkout of the source. */
  source?: string | undefined;
  /** Whether the repository that provenance names is cloned where no checkout is given; true unless said. */
  clone?: boolean;
  /** Whether images are rebuilt; true unless said. Needs a container engine. */
  rebuild?: boolean;
  /** How equal a rebuild and what was published must be; `config`, the image ID, unless said. */
  rung?: Rung;
  /** Where everything comes from; registries and repositories as they are now unless said. */
  places?: Places;
  onStart?: RebuildsOptions['onStart'];
  onStep?: (step: string) => void;
}

/** Claims that the source itself is looked at for. */
const NEED_SOURCE = ['source', 'hermetic', 'self-consistent', 'published'];
const NEED_REBUILD = ['hermetic', 'self-consistent', 'published'];

/**
 * Whether a published image is what its makers say, as far as signatures, provenance, labels and source can show it.
 * @throws TwinproofError usage, image-invalid, input-unavailable, unsupported, storage
 */
export async function audit(reference: string, options: AuditOptions): Promise<AuditResult> {
  const trust = await readTrust(options);
  checkBuilder(options.builder);
  const places = options.places ?? placesNow(reference, options);
  await using scratch = new AsyncDisposableStack();
  const folder = scratch.adopt(await ScratchFolder.make('audit'), (one) => one.close());
  const repository = scratch.adopt(await places.repository(), (one) => one.close());
  const image = await readSubject(repository, options.platform);
  const evidence = await gather(repository, image, options.attestations ?? [], trust);
  const platforms: Chosen[] = [];
  for (const one of image.platforms) platforms.push(await choose(evidence, one, options.builder));
  const asked = AUDIT_CLAIMS.filter(({ id }) => options.claims.length === 0 || options.claims.includes(id));
  const source = await sourceFor({ evidence, platforms }, asked, {
    places,
    given: options.source,
    scratch: folder.path,
  });
  const audited: AuditCase = { evidence, platforms, source, rebuilds: [] };
  await takeFromSource(audited);
  if (options.rebuild !== false && asked.some(({ id }) => NEED_REBUILD.includes(id)))
    audited.rebuilds = await rebuildAll(
      audited,
      await sourceClaim.check(audited),
      rebuildOptions(places, options),
    );
  const claims: AuditResult['claims'] = [];
  for (const { id, check } of asked) claims.push({ claim: id, ...(await check(audited)) });
  return resultOf(audited, claims);
}

function checkBuilder(builder: string | undefined): void {
  if (builder === undefined || isPinned(builder)) return;
  throw new TwinproofError('usage', `--builder must name an image by digest: ${builder}`, {
    hint: 'NAME@sha256:…, since a tag may name another image by now',
  });
}

/** The source is asked for only where a claim looks at it, and nothing stands against doing so. */
async function sourceFor(
  known: Pick<AuditCase, 'evidence' | 'platforms'>,
  asked: readonly AuditClaim[],
  { places, given, scratch }: { places: Places; given: string | undefined; scratch: string },
): Promise<SourceFound> {
  if (!asked.some(({ id }) => NEED_SOURCE.includes(id)) && given === undefined) return { kind: 'not-asked' };
  const before = beforeSource(known);
  return places.source('verdict' in before ? null : before, scratch);
}

function rebuildOptions(places: Places, options: AuditOptions): RebuildsOptions {
  const { rung = 'config', onStart = () => undefined, onStep = () => undefined } = options;
  return { places, rung, onStart, onStep };
}

/** A base image that the Containerfile itself names by digest is named as well as one in provenance. */
async function takeFromSource(audited: AuditCase): Promise<void> {
  const { source } = audited;
  if (source.kind !== 'checkout' || (await sourceClaim.check(audited)).verdict !== 'pass') return;
  for (const one of audited.platforms) one.recipe = await withBasesOf(one.recipe, source.checkout);
}

function resultOf(
  { evidence, platforms, source, rebuilds }: AuditCase,
  claims: AuditResult['claims'],
): AuditResult {
  const { image, exhibits, unreadable } = evidence;
  return {
    schema: 'twinproof/audit/v1',
    harness: HARNESS_VERSION,
    reference: image.reference,
    image: {
      digest: image.top.digest,
      platforms: image.platforms.map(({ platform, manifest, config }) => ({
        platform,
        digest: manifest.digest,
        config,
      })),
    },
    found: exhibits.map((one) => toldOf(one, platforms)),
    unreadable,
    recipes: platforms.map(({ recipe }) => recipe),
    source: toldSource(source),
    rebuilds,
    claims,
  };
}

/** The folder that the user gave is a path of this machine, and is not reported. */
function toldSource(source: SourceFound): AuditResult['source'] {
  switch (source.kind) {
    case 'not-asked':
      return null;
    case 'checkout': {
      const { isClone, from, commit } = source.checkout;
      return { from: isClone ? from : 'a checkout that was given', commit, missing: null };
    }
    default:
      return { from: null, commit: null, missing: `source-unavailable: ${source.message}` };
  }
}

function toldOf(exhibit: Exhibit, platforms: readonly Chosen[]): AuditResult['found'][number] {
  const { found, builtAt, ...rest } = exhibit;
  const { id, place, where, about, mediaType, digest, size } = found;
  const time = builtAt === null ? null : new Date(builtAt).toISOString();
  return {
    id,
    place,
    where,
    about,
    mediaType,
    digest,
    size,
    ...rest,
    builtAt: time,
    ...useOf(exhibit, platforms),
  };
}

/** Whether something was used, and why or why not. */
function useOf(exhibit: Exhibit, platforms: readonly Chosen[]): { used: boolean; why: string } {
  const { status, role, message, found } = exhibit;
  const forPlatforms = platforms
    .filter(
      ({ provenance, recipe }) =>
        provenance?.exhibit === exhibit ||
        recipe.readings.some(({ from }) => from.kind === 'attestation' && from.id === found.id),
    )
    .map(({ image }) => image.platform);
  if (status === 'verified' && forPlatforms.length > 0 && role === 'provenance')
    return { used: true, why: `the newest provenance that verifies, of ${forPlatforms.join(', ')}` };
  if (status === 'unsigned' && forPlatforms.length > 0)
    return {
      used: false,
      why: `nobody signed it: its values are shown for ${forPlatforms.join(', ')}, and no verdict rests on it`,
    };
  if (status === 'verified' && forPlatforms.length > 0)
    return { used: true, why: `says how ${forPlatforms.join(', ')} was made` };
  if (status !== 'verified') return { used: false, why: message };
  if (role === 'signature') return { used: true, why: 'shows who signed the image' };
  if (role !== 'provenance') return { used: false, why: 'no claim rests on statements of this type' };
  const newer = platforms.find(
    ({ image, provenance }) => provenance !== null && coverage(exhibit, image) !== null,
  );
  return { used: false, why: `${newer?.provenance?.exhibit.found.id ?? 'another one'} is newer` };
}

/** 0: all that was asked holds; 1: something does not; 2: something could not be checked. */
export function auditExitCode({ claims }: Pick<AuditResult, 'claims'>): number {
  if (claims.some(({ verdict }) => verdict === 'fail')) return 1;
  return claims.length > 0 && claims.every(({ verdict }) => verdict === 'pass') ? 0 : 2;
}
