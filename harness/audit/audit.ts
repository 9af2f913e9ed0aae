import { openRepository } from '../oci/repository/open.ts';
import type { RegistryOptions } from '../oci/registry/types.ts';
import type { Platform } from '../model/platform.ts';
import { HARNESS_VERSION } from '../version.ts';
import { type Chosen, choose, coverage } from './choose.ts';
import { AUDIT_CLAIMS } from './claims/registry.ts';
import { type Evidence, type Exhibit, gather } from './evidence.ts';
import { readSubject } from './find/subject.ts';
import type { AuditResult } from './result.ts';
import { readCheckout } from './source/checkout.ts';
import { type TrustOptions, readTrust } from './verify/trust.ts';

export interface AuditOptions extends TrustOptions {
  /** Ids of claims; all where there are none. */
  claims: readonly string[];
  platform?: Platform | undefined;
  registry?: RegistryOptions | undefined;
  /** Files with attestations. */
  attestations?: readonly string[];
  /** A checkout of the source. */
  source?: string | undefined;
}

/**
 * Whether a published image is what its makers say, as far as signatures, provenance, labels and source can show it.
 * @throws TwinproofError usage, image-invalid, input-unavailable, unsupported, storage
 */
export async function audit(reference: string, options: AuditOptions): Promise<AuditResult> {
  const trust = await readTrust(options);
  const checkout = options.source === undefined ? null : await readCheckout(options.source);
  const repository = await openRepository(reference, options.registry);
  try {
    const image = await readSubject(repository, options.platform);
    const evidence = await gather(repository, image, options.attestations ?? [], trust);
    const platforms: Chosen[] = [];
    for (const one of image.platforms) platforms.push(await choose(evidence, one));
    const asked = AUDIT_CLAIMS.filter(({ id }) => options.claims.length === 0 || options.claims.includes(id));
    const claims: AuditResult['claims'] = [];
    for (const { id, check } of asked)
      claims.push({ claim: id, ...(await check({ evidence, platforms, checkout })) });
    return resultOf(evidence, platforms, claims);
  } finally {
    await repository.close();
  }
}

function resultOf(evidence: Evidence, platforms: Chosen[], claims: AuditResult['claims']): AuditResult {
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
    claims,
  };
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
