import { z } from 'zod';

export const SLSA_V02 = 'https://slsa.dev/provenance/v0.2';
export const SLSA_V1 = 'https://slsa.dev/provenance/v1';
/** cosign v3 signs images with a statement. */
export const COSIGN_SIGN = 'https://sigstore.dev/cosign/sign/v1';
const SBOMS = ['https://spdx.dev/Document', 'https://cyclonedx.org/bom'];

/** What a thing that verifies counts for. */
export type Role = 'signature' | 'provenance' | 'sbom' | 'other';

const digests = z.record(z.string(), z.string());
const materials = z.array(z.looseObject({ uri: z.string().nullish(), digest: digests.nullish() }));

const v02 = z.looseObject({
  builder: z.looseObject({ id: z.string() }),
  buildType: z.string().min(1),
  invocation: z.looseObject({ configSource: z.looseObject({}).nullish() }).nullish(),
  metadata: z
    .looseObject({ buildStartedOn: z.string().nullish(), buildFinishedOn: z.string().nullish() })
    .nullish(),
  materials: materials.nullish(),
});

const v1 = z.looseObject({
  buildDefinition: z.looseObject({
    buildType: z.string().min(1),
    externalParameters: z.looseObject({}),
    internalParameters: z.looseObject({}).nullish(),
    resolvedDependencies: materials.nullish(),
  }),
  runDetails: z.looseObject({
    builder: z.looseObject({ id: z.string() }),
    metadata: z.looseObject({ startedOn: z.string().nullish(), finishedOn: z.string().nullish() }).nullish(),
  }),
});

export function roleOf(predicateType: string): Role {
  if (predicateType === SLSA_V02 || predicateType === SLSA_V1) return 'provenance';
  if (predicateType === COSIGN_SIGN) return 'signature';
  return SBOMS.some((type) => predicateType === type || predicateType.startsWith(`${type}/`))
    ? 'sbom'
    : 'other';
}

/** What is wrong with a predicate; null where nothing is, or where its type is not known here. */
export function faultOfPredicate(predicateType: string, predicate: unknown): string | null {
  const schema = { [SLSA_V02]: v02, [SLSA_V1]: v1 }[predicateType];
  const read = schema?.safeParse(predicate);
  if (read === undefined || read.success) return null;
  const [issue] = read.error.issues;
  return `${['predicate', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? ''}`;
}

/** When a build ended, as its provenance says, in milliseconds; null where it does not. */
export function builtAt(predicateType: string, predicate: unknown): number | null {
  if (predicateType === SLSA_V02) return timeOf(v02.safeParse(predicate).data?.metadata?.buildFinishedOn);
  if (predicateType === SLSA_V1) return timeOf(v1.safeParse(predicate).data?.runDetails.metadata?.finishedOn);
  return null;
}

function timeOf(text: string | null | undefined): number | null {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? null : time;
}
