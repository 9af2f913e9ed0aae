import { arch, release, version } from 'node:os';
import { basename, join } from 'node:path';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { TwinproofError } from '../../errors.ts';
import { platformText } from '../../model/platform.ts';
import { parseReference } from '../../oci/reference.ts';
import { ScratchFolder } from '../../oci/scratch.ts';
import { HARNESS_VERSION } from '../../version.ts';
import { type AuditOptions, audit } from '../audit.ts';
import { placesNow } from '../places.ts';
import type { AuditResult } from '../result.ts';
import { type BundledClaim, CLAIM, FILES, MADE, RESULT } from './format.ts';
import { Recorder } from './recorder.ts';
import { BundleWriter } from './writer.ts';

/**
 * Audits an image and writes everything that was looked at into a replay bundle. The same audit makes the same bundle,
 * apart from `made.json` beside it. Of an audit that fails nothing is left.
 * @param folder new or empty
 * @throws TwinproofError
 */
export async function auditInto(
  folder: string,
  reference: string,
  options: AuditOptions,
): Promise<AuditResult> {
  const writer = await BundleWriter.make(folder);
  const scratch = await ScratchFolder.make('audit-bundle');
  try {
    const recorder = new Recorder(writer, scratch.path);
    const places = recorder.over(placesNow(reference, options));
    const result = await audit(reference, { ...options, places });
    await recorder.finish();
    await writer.json(CLAIM, await claimOf(writer, reference, options));
    await writer.json(RESULT, portable(result));
    const bundle = await writer.finish();
    await writeFile(join(folder, MADE), made(bundle));
    return result;
  } catch (error) {
    for (const name of ['index.json', 'oci-layout', 'blobs', MADE])
      await rm(join(folder, name), { recursive: true, force: true });
    throw error;
  } finally {
    await scratch.close();
  }
}

/** What differs each time: it is no part of the bundle. */
function made(bundle: string): string {
  const machine = { kernel: release(), build: version(), architecture: arch() };
  const time = new Date().toISOString();
  return `${JSON.stringify({ bundle, time, harness: HARNESS_VERSION, machine }, null, 2)}\n`;
}

async function claimOf(
  writer: BundleWriter,
  reference: string,
  options: AuditOptions,
): Promise<BundledClaim> {
  const keep = async (path: string | undefined, name: string): Promise<string | null> => {
    if (path === undefined) return null;
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new TwinproofError('usage', 'could not read it', { where: path, cause });
    });
    await writer.bytes(`${FILES}${name}`, bytes);
    return `${FILES}${name}`;
  };
  const attestations: string[] = [];
  for (const [number, path] of (options.attestations ?? []).entries())
    attestations.push((await keep(path, `attestation-${number + 1}`)) ?? '');
  const {
    certificateIdentity,
    certificateIdentityRegexp,
    certificateOidcIssuer,
    certificateOidcIssuerRegexp,
    builder,
  } = options;
  return {
    reference: withoutPath(reference),
    claims: [...options.claims],
    platform: options.platform === undefined ? null : platformText(options.platform),
    rung: options.rung ?? 'config',
    rebuild: options.rebuild ?? true,
    key: await keep(options.key, 'key.pem'),
    trustedRoot: await keep(options.trustedRoot, 'trusted_root.json'),
    ...Object.fromEntries(
      Object.entries({
        certificateIdentity,
        certificateIdentityRegexp,
        certificateOidcIssuer,
        certificateOidcIssuerRegexp,
        builder,
      }).filter(([, value]) => value !== undefined),
    ),
    attestations,
  };
}

/** Paths of this machine are nobody's business. */
function withoutPath(reference: string): string {
  const parsed = parseReference(reference);
  if (!('path' in parsed)) return reference;
  const { transport, path } = parsed;
  const tag = 'tag' in parsed && parsed.tag !== null ? `:${parsed.tag}` : '';
  return `${transport === 'path' ? '' : `${transport}:`}${basename(path)}${tag}`;
}

function portable(result: AuditResult): AuditResult {
  return {
    ...result,
    reference: withoutPath(result.reference),
    found: result.found.map((one) => (one.place === 'file' ? { ...one, where: basename(one.where) } : one)),
  };
}
