import type { KeyObject } from 'node:crypto';
import { bundleOf } from '../../attest/bundle.ts';
import type { Envelope } from '../../attest/dsse.ts';
import { TwinproofError } from '../../errors.ts';
import { type Attached, attachDocument } from '../../oci/artifact/attach.ts';
import { parseReference } from '../../oci/reference.ts';
import type { RegistryName } from '../../oci/registry/name.ts';
import type { RegistryOptions } from '../../oci/registry/types.ts';
import type { AuditResult } from '../result.ts';
import { VSA } from '../../attest/predicates.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** The name of an image that something can be stored beside. @throws TwinproofError usage for one that is in no registry */
export function attachableName(reference: string): RegistryName {
  const parsed = parseReference(reference);
  if (parsed.transport === 'docker') return parsed.name;
  throw new TwinproofError('usage', 'a statement is attached to an image in a registry', {
    where: reference,
    hint: 'docker://NAME; or keep the statement in a file: --out audit.jsonl',
  });
}

/**
 * Stores the signed outcome of an audit beside what was audited, as cosign v3 stores attestations: a Sigstore bundle in a
 * manifest whose `subject` is the index or image that the reference led to, by the digest that was audited.
 */
export async function attachAudit(
  { reference, image }: AuditResult,
  envelope: Envelope,
  { key, time, registry }: { key: KeyObject; time: Date; registry?: RegistryOptions | undefined },
): Promise<Attached> {
  const annotations = {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': VSA,
    'org.opencontainers.image.created': time.toISOString(),
  };
  const bytes = Buffer.from(JSON.stringify(bundleOf(envelope, key)));
  const name = { ...attachableName(reference), version: image.digest };
  return attachDocument(name, { bytes, mediaType: BUNDLE, annotations }, registry);
}
