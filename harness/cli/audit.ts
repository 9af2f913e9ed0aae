import type { KeyObject } from 'node:crypto';
import { Command, Option } from 'commander';
import { readPrivateKey } from '../attest/keys.ts';
import { type AuditOptions, audit, auditExitCode } from '../audit/audit.ts';
import { auditInto } from '../audit/bundle/record.ts';
import { AUDIT_CLAIMS } from '../audit/claims/registry.ts';
import type { AuditResult } from '../audit/result.ts';
import { attachAudit, attachableName } from '../audit/say/attach.ts';
import { auditHtml } from '../audit/say/html/page.ts';
import { auditPage } from '../audit/say/page.ts';
import { signAudit } from '../audit/say/statement.ts';
import type { TrustOptions } from '../audit/verify/trust.ts';
import { TwinproofError } from '../errors.ts';
import { parseRung } from '../compare/ladder.ts';
import { escapeText } from '../report/escape.ts';
import { addTrustOptions, trustOf } from './audit-trust.ts';
import { onInterrupt } from './interrupt.ts';
import { type ImageFlags, openOptions, registryOptions, withImageOptions } from './image-options.ts';
import { printJson } from './json-output.ts';
import { collect } from './options.ts';
import { print, tell } from './output.ts';
import { writeWhole } from './write-files.ts';

interface Flags extends ImageFlags, TrustOptions {
  source?: string;
  builder?: string;
  clone: boolean;
  rebuild: boolean;
  rung: string;
  bundle?: string;
  attestation: string[];
  claim: string[];
  sign?: string;
  out?: string;
  attach: boolean;
  html?: string;
  json: boolean;
  quiet: boolean;
}

async function run(reference: string, flags: Flags): Promise<void> {
  const stop = onInterrupt();
  try {
    await audited(reference, flags, stop.armed);
  } finally {
    stop.disarm();
  }
}

async function audited(
  reference: string,
  flags: Flags,
  onStart: NonNullable<AuditOptions['onStart']>,
): Promise<void> {
  const key = await signingKey(reference, flags);
  const { attestation: attestations, claim: claims } = flags;
  const options: AuditOptions = {
    ...trustOf(flags),
    source: flags.source,
    builder: flags.builder,
    clone: flags.clone,
    ...openOptions(flags),
    attestations,
    claims,
    rung: parseRung(flags.rung),
    rebuild: flags.rebuild,
    onStart,
    onStep: (step) => {
      if (!flags.quiet) tell(`${escapeText(step)}\n`);
    },
  };
  const { bundle } = flags;
  const result = await (bundle === undefined
    ? audit(reference, options)
    : auditInto(bundle, reference, options));
  if (flags.json) await printJson(result);
  else if (!flags.quiet) print(auditPage(result));
  if (flags.html !== undefined) await writeWhole(flags.html, await auditHtml(result));
  if (key !== null) await sign(result, key, flags);
  process.exitCode = auditExitCode(result);
}

/** What is signed must go somewhere, and be able to. @throws TwinproofError usage, before anything is looked at */
async function signingKey(reference: string, { sign: file, out, attach }: Flags): Promise<KeyObject | null> {
  if ((file === undefined) !== (out === undefined && !attach))
    throw new TwinproofError('usage', '--sign belongs together with --out or --attach', {
      hint: '--sign key.pem --out audit.jsonl',
    });
  if (attach) attachableName(reference);
  return file === undefined ? null : readPrivateKey(file);
}

async function sign(result: AuditResult, key: KeyObject, flags: Flags): Promise<void> {
  const time = new Date();
  const envelope = signAudit(result, key, time);
  if (flags.out !== undefined) await writeWhole(flags.out, `${JSON.stringify(envelope)}\n`);
  if (!flags.attach) return;
  const registry = registryOptions(flags);
  const { digest, listedBy } = await attachAudit(result, envelope, { key, time, registry });
  if (!flags.quiet) tell(`attached as ${digest}, listed by ${listedBy}\n`);
}

/** `twinproof audit IMAGE`: exit code 0 all that was asked holds, 1 something does not, 2 something could not be checked. */
export function auditCommand(): Command {
  const ids = AUDIT_CLAIMS.map(({ id }) => id);
  return addTrustOptions(withImageOptions(new Command('audit')))
    .description('check what is said about a published image: signatures, provenance, source; and rebuild it')
    .argument('<image>', 'docker://NAME, oci:DIR[:TAG] or oci-archive:FILE[:TAG]')
    .option(
      '--attestation <file>',
      'attestations in a file, besides those found; may be repeated',
      collect,
      [],
    )
    .option('--source <dir>', 'a checkout of the source, in place of a clone of its repository')
    .option('--builder <image>', 'image by digest that builds run in, where nothing signed names one')
    .option('--rung <rung>', 'how equal a rebuild and what was published must be', 'config')
    .option('--bundle <dir>', 'write everything that was looked at into a new folder, for `twinproof replay`')
    .option('--no-rebuild', 'do not rebuild the image')
    .option('--no-clone', 'do not clone the repository that provenance names')
    .addOption(
      new Option('--claim <id>', 'check only this claim; may be repeated')
        .choices(ids)
        .argParser<string[]>((text, before) => [...before, known(text, ids)])
        .default([]),
    )
    .option('--sign <file>', 'private key: sign what the audit came to, yes or no')
    .option('--out <path>', 'write the signed statement to this file')
    .option('--attach', 'store the signed statement beside the image, as cosign does', false)
    .option('--html <file>', 'write the result as a page')
    .option('--json', 'print the result as JSON (twinproof/audit/v1)', false)
    .option('--quiet', 'print nothing, progress included; the exit code tells', false)
    .option('--no-color', 'no effect here; for scripts that pass it to every command')
    .action(run);
}

function known(id: string, ids: readonly string[]): string {
  if (ids.includes(id)) return id;
  throw new TwinproofError('usage', `there is no claim "${id}"`, { hint: `one of ${ids.join(', ')}` });
}
