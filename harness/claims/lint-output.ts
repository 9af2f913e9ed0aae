import { firstWords } from '../boot/guest/words.ts';
import { TwinproofError } from '../errors.ts';

/** What `bootc container lint` found. */
export interface Lint {
  /** Checks, by their names and with what they say: those that keep an image from working, and the rest. */
  failed: string[];
  warnings: string[];
  /** Number of checks that found nothing. */
  passed: number;
}

/**
 * Reads what it printed. Source: bootc 1.16, crates/lib/src/lints.rs: `Failed lint: NAME: TEXT` and `Lint warning: NAME: TEXT`, which may
 * go on in further lines, `Checks passed: N`, and at the end, with exit code 1, `error: Linting: Checks failed: N`.
 * @throws TwinproofError `unsupported` where it did not lint: this version has no such command, or it broke
 */
export function parseLint({ exitCode, output }: { exitCode: number; output: string }): Lint {
  const of = (word: string): string[] =>
    [...output.matchAll(new RegExp(`^${word}: ([\\w-]+: .*)$`, 'gm'))].map(([, text = '']) =>
      firstWords(text, 200),
    );
  const failed = of('Failed lint');
  const warnings = of('Lint warning');
  const passed = /^Checks passed: (\d{1,6})$/m.exec(output)?.[1];
  const refused = /\bChecks failed: \d+/.test(output);
  // Warnings alone end with 1 where they were made fatal.
  const found = exitCode === 0 ? failed.length === 0 : refused && failed.length + warnings.length > 0;
  if (passed !== undefined && found) return { failed, warnings, passed: Number(passed) };
  const words = firstWords(output.trim().split('\n').at(-1) ?? '', 200);
  throw new TwinproofError(
    'unsupported',
    /unrecognized subcommand|unexpected argument/.test(output)
      ? `its bootc cannot lint: ${words}`
      : `bootc container lint did not say what it found: ${words || `exit code ${exitCode}`}`,
  );
}
