import { Command } from 'commander';
import { auditExitCode } from '../audit/audit.ts';
import { replay } from '../audit/bundle/replay.ts';
import { auditPage } from '../audit/say/page.ts';
import type { TrustOptions } from '../audit/verify/trust.ts';
import { escapeText } from '../report/escape.ts';
import { addTrustOptions, trustOf } from './audit-trust.ts';
import { onInterrupt } from './interrupt.ts';
import { printJson } from './json-output.ts';
import { print, tell } from './output.ts';

interface Flags extends TrustOptions {
  json: boolean;
  quiet: boolean;
}

/** `twinproof replay DIR`: exit codes are those of `audit`; also 1 where something came out otherwise than it is recorded. */
export function replayCommand(): Command {
  return addTrustOptions(new Command('replay'))
    .description('repeat an audit from its bundle, without a network')
    .argument('<bundle>', 'folder that `audit --bundle` wrote')
    .option('--json', 'print the result as JSON (twinproof/audit/v1)', false)
    .option('--quiet', 'print nothing, progress included; the exit code tells', false)
    .option('--no-color', 'no effect here; for scripts that pass it to every command')
    .action(run);
}

async function run(folder: string, flags: Flags): Promise<void> {
  const stop = onInterrupt();
  try {
    const trust = trustOf(flags);
    const isGiven = Object.values(trust).some((value) => value !== undefined);
    const { result, otherwise, bundle } = await replay(folder, {
      trust: isGiven ? trust : undefined,
      onStart: stop.armed,
      onStep: (step) => {
        if (!flags.quiet) tell(`${escapeText(step)}\n`);
      },
    });
    if (flags.json) await printJson(result);
    else if (!flags.quiet) print(pageOf(auditPage(result), { otherwise, bundle, isGiven }));
    if (flags.json && !flags.quiet)
      for (const line of otherwise) tell(`other than recorded: ${escapeText(line)}\n`);
    process.exitCode = otherwise.length > 0 ? 1 : auditExitCode(result);
  } finally {
    stop.disarm();
  }
}

function pageOf(
  page: string,
  { otherwise, bundle, isGiven }: { otherwise: string[]; bundle: string; isGiven: boolean },
): string {
  const whose = isGiven ? 'what was given' : 'the key or trusted root of the bundle itself';
  const same =
    otherwise.length === 0 ? ['As recorded.'] : otherwise.map((line) => `Other than recorded: ${line}`);
  const head = [`Replay of ${bundle}, verified with ${whose}`, ...same, ''];
  return `${head.map((line) => escapeText(line)).join('\n')}\n${page}`;
}
