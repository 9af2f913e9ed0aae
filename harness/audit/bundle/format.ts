import { z } from 'zod';
import { RUNGS } from '../../model/rungs.ts';

/** A replay bundle is an OCI layout with one artifact of this type, of which each blob is a file. */
export const BUNDLE_TYPE = 'application/vnd.twinproof.audit.bundle.v1';

/** Files of a bundle. */
export const CLAIM = 'claim.json';
export const REPOSITORY = 'repository.json';
export const SOURCE = 'source.json';
export const PACK = 'source.pack';
export const IMAGES = 'images.json';
export const RESULT = 'result.json';
/** Beside the layout, not in it: when and where the bundle was made. */
export const MADE = 'made.json';
/** Folders: blobs of images and attestations by digest, packages of locks, files that the user gave. */
export const blobTitle = (digest: string): string => `blobs/${digest.replace(':', '/')}`;
export const INPUTS = 'inputs/';
export const FILES = 'files/';

const descriptor = z.looseObject({ mediaType: z.string(), digest: z.string(), size: z.int().nonnegative() });

export type BundledDescriptor = z.output<typeof descriptor>;

/** What was asked. */
export const claimSchema = z.object({
  reference: z.string(),
  claims: z.array(z.string()),
  platform: z.string().nullable(),
  rung: z.enum(RUNGS),
  rebuild: z.boolean(),
  key: z.string().nullable(),
  trustedRoot: z.string().nullable(),
  certificateIdentity: z.string().optional(),
  certificateIdentityRegexp: z.string().optional(),
  certificateOidcIssuer: z.string().optional(),
  certificateOidcIssuerRegexp: z.string().optional(),
  builder: z.string().optional(),
  attestations: z.array(z.string()),
});
export type BundledClaim = z.output<typeof claimSchema>;

/** What the registry or layout answered. */
export const repositorySchema = z.object({
  top: descriptor,
  others: z.array(descriptor),
  tagged: z.record(z.string(), descriptor.nullable()),
  referrers: z.record(
    z.string(),
    z.array(z.object({ by: z.enum(['referrers-api', 'referrers-tag', 'layout']), descriptor })),
  ),
});
export type BundledRepository = z.output<typeof repositorySchema>;

export const sourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('checkout'),
    from: z.string(),
    isClone: z.boolean(),
    commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
    changes: z.array(z.string()),
    /** Which branches and tags had the commit when it was cloned. */
    refs: z.record(z.string(), z.boolean().nullable()),
  }),
  z.object({ kind: z.enum(['unavailable', 'absent']), message: z.string() }),
  z.object({ kind: z.literal('not-asked') }),
]);
export type BundledSource = z.output<typeof sourceSchema>;

/** Images that builds start from, by the reference that the recipe has for them: their manifests. */
export const imagesSchema = z.record(z.string(), descriptor);
