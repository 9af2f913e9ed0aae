import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { cellError } from '../rebuild/cell-error.ts';
import { OnceUnderTest } from '../boot/system/under-test.ts';
import { inTurn } from '../claims/in-turn.ts';
import { withLife } from '../claims/with-life.ts';
import type { Accelerator } from '../boot/machine/types.ts';
import { CLAIMS, releasesFor, systemClaims } from '../claims/registry.ts';
import {
  type Claim,
  type Finding,
  SCENARIOS,
  type SystemClaim,
  type SystemContext,
} from '../claims/types.ts';
import type { Registry } from '../model/registry.ts';
import { EvidenceStore } from '../record/evidence.ts';
import { escapeText } from '../report/escape.ts';
import { MAX_SEED, wholeNumber } from './options.ts';
import { bootResult, type Result } from './boot-result.ts';
import { chosenClaims } from './boot-claims.ts';
import { addClaimFlags, flaggedOptions } from './claim-flags.ts';
import { openShell } from './boot-shell.ts';
import { type BootTarget, openSubject } from './boot-subject.ts';
import { type ImageFlags, openOptions, withImageOptions } from './image-options.ts';
import { onInterrupt } from './interrupt.ts';
import { saidBefore } from './said-before.ts';
import { print, tell } from './output.ts';

interface Flags extends ImageFlags {
  claim: string[];
  scenario: string[];
  update?: string;
  cuts: number;
  seed: number;
  accel: Accelerator | 'auto';
  results: string;
  json: boolean;
  quiet: boolean;
  shell: boolean;
  /** Those of single claims. */
  [claim: string]: unknown;
}

/** Each of them takes a start of the machine. */
const MAX_CUTS = 10_000;

/** `twinproof boot IMAGE|DISK`: the claims about a running operating system, on what was built elsewhere. */
export function bootCommand(claims: Registry<Claim> = CLAIMS): Command {
  const command = withImageOptions(new Command('boot'))
    .description('start an image or a disk in a virtual machine, and check what it promises')
    .argument('<IMAGE|DISK>', 'image, named as for `diff`, or a file that holds a raw or qcow2 disk')
    .option('--claim <id>', 'only this claim (repeatable)', (id: string, ids: string[]) => [...ids, id], [])
    .option(
      '--scenario <name>',
      `only what is decided by it (repeatable): ${Object.keys(SCENARIOS).join(', ')}`,
      (name: string, names: string[]) => [...names, name],
      [],
    )
    .option('--update <image>', 'the next release; without it, one is made from the image by one more layer')
    .option('--cuts <n>', 'power cuts, for --claim power-cut', wholeNumber(1, MAX_CUTS), 20)
    .option('--seed <n>', 'decides when the power is cut', wholeNumber(0, MAX_SEED), 0);
  return addClaimFlags(command, systemClaims(claims))
    .addOption(new Option('--accel <name>', 'accelerator').choices(['auto', 'kvm', 'tcg']).default('auto'))
    .option('--shell', 'start it and be root in it; nothing is checked, and nothing kept', false)
    .option('--results <dir>', 'where console, screen and lists go, by digest', 'results/runs/boot')
    .option('--json', 'print the findings as JSON (twinproof/boot/v1)', false)
    .option('--quiet', 'print nothing; the exit code tells', false)
    .option('--no-color', 'no colours')
    .action(async (reference: string, flags: Flags) => {
      process.exitCode = await (flags.shell ? shell(reference, flags) : boot(reference, flags, claims));
    });
}

async function boot(reference: string, flags: Flags, offered: Registry<Claim>): Promise<number> {
  const claims = chosenClaims(flags.claim, flags.scenario, offered);
  const releases = releasesFor(claims);
  const { update: next, accel: accelerator } = flags;
  const wanted = {
    update: next,
    needsUpdate: releases.has('next'),
    badUpdates: releases.has('broken'),
    olderRelease: releases.has('older'),
    accelerator,
    open: openOptions(flags),
  };
  const onStep = teller(flags);
  const known: Known = { subject: null, system: null, results: [] };
  const reasonOf = saidBefore();
  // A machine takes minutes, and whoever interrupts it keeps what was decided by then, if only that nothing was.
  const interrupt = onInterrupt(() => {
    if (flags.json) print(json(known, { interrupted: true }));
    return Promise.resolve();
  });
  try {
    await using subject = await openSubject(reference, wanted);
    known.subject = subject;
    await using system = new OnceUnderTest(() => subject.start({ interrupt, onStep }));
    known.system = system;
    for await (const result of checkAll(claims, { system, flags, onStep })) {
      // What is found of a machine that is being ended is nothing that it did.
      if (interrupt.signal.aborted) return 130;
      known.results.push(result);
      if (!flags.json && !flags.quiet) print(line(result, reasonOf));
    }
    if (flags.json) print(json(known, {}));
    // All is said; what ends the machine now is not to say it again.
    interrupt.disarm();
    return exitCode(known.results);
  } finally {
    interrupt.disarm();
  }
}

async function shell(reference: string, flags: Flags): Promise<number> {
  const wanted = {
    needsUpdate: false,
    badUpdates: false,
    olderRelease: false,
    accelerator: flags.accel,
    open: openOptions(flags),
  };
  await using subject = await openSubject(reference, wanted);
  const interrupt = onInterrupt();
  try {
    await using under = await subject.start({ interrupt, onStep: teller(flags) });
    await openShell(under.system, process.stdin, process.stdout);
    return 0;
  } finally {
    interrupt.disarm();
  }
}

const teller = ({ quiet }: Flags): ((step: string) => void) =>
  quiet ? () => undefined : (step) => tell(`${step}\n`);

async function* checkAll(
  claims: readonly SystemClaim[],
  { system, flags, onStep }: { system: OnceUnderTest; flags: Flags; onStep: (step: string) => void },
): AsyncGenerator<Result> {
  const context = {
    evidence: new EvidenceStore(resolve(flags.results)),
    system: system.get,
    locked: null,
    powerCuts: { count: flags.cuts, seed: flags.seed },
    onStep,
  };
  yield* inTurn(claims, {
    isApart: ({ ownVm }) => ownVm === true,
    check: (claim) => {
      onStep(`checking ${claim.id}`);
      return check(claim, { ...context, options: flaggedOptions(claim, flags) });
    },
  });
}

async function check(claim: SystemClaim, context: SystemContext): Promise<Result> {
  const started = Date.now();
  const finding = await withLife(context, (own) =>
    claim.check(own).catch((cause: unknown): Finding => {
      const error = cellError(cause);
      return { verdict: 'error', error, summary: error.message, detail: {}, evidence: [] };
    }),
  );
  return { claim: claim.id, seconds: (Date.now() - started) / 1000, finding };
}

/** What was found by some moment. */
interface Known {
  subject: BootTarget | null;
  system: OnceUnderTest | null;
  results: Result[];
}

/** As `--json` prints it. */
function json({ subject, system, results }: Known, more: { interrupted?: true }): string {
  const reported = subject?.reported(system?.started ?? null) ?? {};
  return `${JSON.stringify(bootResult(reported, results, more), null, 2)}\n`;
}

/** What a guest said may be part of it, and must not steer a terminal. */
export function line({ claim, finding }: Result, reasonOf: ReturnType<typeof saidBefore>): string {
  const code = finding.verdict === 'error' ? ` ${finding.error.code}` : '';
  const what = finding.verdict === 'error' ? reasonOf(claim, finding.summary) : finding.summary;
  return `${finding.verdict}${code} ${claim}: ${escapeText(what)}\n`;
}

/** Where both 1 and 2 would fit, a proven failure is the stronger statement, as in `verify`. */
function exitCode(results: Result[]): number {
  if (results.some(({ finding }) => finding.verdict === 'fail')) return 1;
  return results.some(({ finding }) => finding.verdict === 'error') ? 2 : 0;
}
