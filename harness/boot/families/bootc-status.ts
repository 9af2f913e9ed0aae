import { z } from 'zod';
import { parseJson } from '../../oci/json.ts';
import { TwinproofError } from '../../errors.ts';
import type { Deployment } from './types.ts';
import { firstWords } from '../guest/words.ts';
import { SHA256_DIGEST } from '../../model/digest.ts';

const digest = z.string().regex(SHA256_DIGEST);

/**
 * A system as `bootc status` names it. It has no image when it was not made from one, or when packages were laid over it by
 * hand; it is kept by ostree or, in newer versions, by composefs.
 */
const entry = z.object({
  image: z.object({ imageDigest: digest }).nullish(),
  /** Fetched, but not what the next start takes; from 1.12.0 on. */
  downloadOnly: z.boolean().default(false),
  /** From the one that runs there is a way to it that keeps the kernel; from 1.7.0 on. */
  softRebootCapable: z.boolean().default(false),
  ostree: z
    .object({ checksum: z.string().regex(/^[0-9a-f]{64}$/), deploySerial: z.number().int().nonnegative() })
    .nullish(),
  composefs: z
    .object({
      verity: z.string().regex(/^[0-9a-f]{64,128}$/),
      missingVerityAllowed: z.boolean().nullish(),
    })
    .nullish(),
});
type Entry = z.infer<typeof entry>;

/** Systems beside the usual three; there are as many as were pinned. */
const MOST = 20;

/**
 * The parts that are looked at; newer versions have more. Source: bootc, crates/lib/src/spec.rs; `v1alpha1` until 1.0, `v1`
 * after it, with the same fields.
 */
const status = z.object({
  apiVersion: z.enum(['org.containers.bootc/v1', 'org.containers.bootc/v1alpha1']),
  kind: z.literal('BootcHost'),
  status: z.object({
    staged: entry.nullish(),
    booted: entry.nullish(),
    rollback: entry.nullish(),
    /** The next start takes `rollback`. */
    rollbackQueued: z.boolean().default(false),
    otherDeployments: z.array(entry).max(MOST).default([]),
  }),
});

/** What `bootc status --format=json` says. */
export interface BootcStatus {
  /** Whether the running system is one of bootc's at all. Source: bootc-status(8). */
  managed: boolean;
  /** What keeps the systems; null where none runs, or it does not say. */
  backend: 'ostree' | 'composefs' | null;
  /** The next start takes the previous release. */
  rollbackQueued: boolean;
  /** What is staged; `downloadOnly` is not taken by the next start. */
  staged: 'none' | 'staged' | 'downloadOnly';
  /** Digests of the images that can be had by a soft reboot, from what runs. */
  softReboot: string[];
  /** In the order in which the boot loader offers them. */
  deployments: Deployment[];
}

/**
 * Reads the status.
 * @throws TwinproofError `unsupported` when it has another form
 */
export function parseBootcStatus(bytes: Uint8Array): BootcStatus {
  const parsed = status.safeParse(jsonOf(bytes));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw unknownForm(`${where}: ${issue?.message ?? ''}`);
  }
  const { staged, booted, rollback, rollbackQueued, otherDeployments } = parsed.data.status;
  const fixed = rollbackQueued ? [rollback, booted] : [booted, rollback];
  const next = staged?.downloadOnly === true ? null : staged;
  const present = [next, ...fixed, ...otherDeployments].flatMap((one) => (one ? [one] : []));
  const deployments = present.map((one) => ({
    name: nameOf(one),
    image: one.image?.imageDigest ?? null,
    booted: one === booted,
    staged: one === staged,
  }));
  const reachable = [staged, rollback, ...otherDeployments].flatMap((one) =>
    one?.softRebootCapable === true && one.image ? [one.image.imageDigest] : [],
  );
  return {
    managed: booted !== null && booted !== undefined,
    backend: backendOf(booted),
    rollbackQueued,
    staged: staged ? (staged.downloadOnly ? 'downloadOnly' : 'staged') : 'none',
    softReboot: reachable,
    deployments,
  };
}

function backendOf(booted: Entry | null | undefined): BootcStatus['backend'] {
  if (booted?.composefs) return 'composefs';
  return booted?.ostree ? 'ostree' : null;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes, 'bootc status');
  } catch (error) {
    throw unknownForm(error instanceof Error ? error.message : String(error));
  }
}

const nameOf = ({ ostree, composefs }: Entry): string =>
  ostree ? `${ostree.checksum}.${ostree.deploySerial}` : (composefs?.verity ?? 'unnamed');

const unknownForm = (reason: string): TwinproofError =>
  new TwinproofError(
    'unsupported',
    `the status that bootc gives has an unknown form: ${firstWords(reason, 200)}`,
  );
