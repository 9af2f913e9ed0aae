import { z } from 'zod';
import { parsePlatform } from '../../model/platform.ts';
import { ScratchFolder } from '../../oci/scratch.ts';
import { type AuditOptions, audit } from '../audit.ts';
import type { AuditResult } from '../result.ts';
import type { TrustOptions } from '../verify/trust.ts';
import { CLAIM, RESULT, claimSchema } from './format.ts';
import { BundleReader } from './reader.ts';
import { Replayed } from './replayed.ts';

export interface Replay {
  /** Digest of the bundle. */
  bundle: string;
  result: AuditResult;
  /** What came out otherwise than it is recorded, a line each. */
  otherwise: string[];
}

type ReplayOptions = Pick<AuditOptions, 'onStart' | 'onStep'> & {
  /** In place of what the bundle was verified with. */
  trust?: TrustOptions | undefined;
};

/**
 * Repeats an audit from a replay bundle: nothing else is read, and nobody is asked.
 * @throws TwinproofError input-unavailable with what the bundle lacks, image-invalid
 */
export async function replay(folder: string, { trust, ...more }: ReplayOptions): Promise<Replay> {
  const reader = await BundleReader.open(folder);
  const scratch = await ScratchFolder.make('audit-replay');
  try {
    const claim = await reader.json(CLAIM, claimSchema);
    const { reference, claims, platform, rung, rebuild } = claim;
    const file = async (path: string | null): Promise<string | undefined> =>
      path === null ? undefined : reader.file(path);
    const attestations: string[] = [];
    for (const path of claim.attestations) attestations.push(await reader.file(path));
    const result = await audit(reference, {
      ...(trust ?? {
        certificateIdentity: claim.certificateIdentity,
        certificateIdentityRegexp: claim.certificateIdentityRegexp,
        certificateOidcIssuer: claim.certificateOidcIssuer,
        certificateOidcIssuerRegexp: claim.certificateOidcIssuerRegexp,
        key: await file(claim.key),
        trustedRoot: await file(claim.trustedRoot),
      }),
      ...more,
      claims,
      platform: platform === null ? undefined : (parsePlatform(platform) ?? undefined),
      rung,
      rebuild,
      builder: claim.builder,
      attestations,
      places: new Replayed(reader, reference, scratch.path),
    });
    const recorded = await reader.json(RESULT, recordedSchema);
    return { bundle: reader.digest, result, otherwise: differences(recorded, result) };
  } finally {
    await scratch.close();
  }
}

const recordedSchema = z.looseObject({
  claims: z.array(z.looseObject({ claim: z.string(), verdict: z.string() })),
  rebuilds: z.array(
    z.looseObject({
      platform: z.string(),
      outcome: z.looseObject({
        kind: z.string(),
        twins: z
          .array(z.looseObject({ name: z.string(), manifest: z.string(), config: z.string() }))
          .optional(),
      }),
    }),
  ),
});

function differences(recorded: z.output<typeof recordedSchema>, { claims, rebuilds }: AuditResult): string[] {
  const then = new Map<string, string>();
  const now = new Map<string, string>();
  for (const { claim, verdict } of recorded.claims) then.set(claim, verdict);
  for (const { claim, verdict } of claims) now.set(claim, verdict);
  for (const [into, all] of [
    [then, recorded.rebuilds],
    [now, rebuilds],
  ] as const)
    for (const { platform, outcome } of all)
      for (const { name, manifest } of ('twins' in outcome ? outcome.twins : undefined) ?? [])
        into.set(`twin ${name} of ${platform}`, manifest);
  const names = [...new Set([...then.keys(), ...now.keys()])];
  return names.flatMap((name) => {
    const [a, b] = [then.get(name) ?? 'nothing', now.get(name) ?? 'nothing'];
    return a === b ? [] : [`${name}: ${a} then, ${b} now`];
  });
}
