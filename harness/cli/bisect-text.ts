import { styleText } from 'node:util';
import { rateText } from '../claims/flake-rate.ts';
import { surenessText } from '../report/causes.ts';
import { escapeText } from '../report/escape.ts';
import type { BisectBuild, BisectResult } from '../run/bisect-result.ts';

/** Paths that are named. */
const SHOWN = 5;

/** What was built, what came of it, and what that shows. */
export function bisectText(result: BisectResult, { color }: { color: boolean }): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const builds = result.builds.map((build, index) => {
    const outcome = index === 0 ? '' : build.differs ? paint('red', 'differs') : paint('green', 'equal');
    return `  ${build.name.padStart(2)}  ${build.config?.slice(7, 19) ?? 'failed      '}  ${outcome.padEnd(color ? 17 : 8)} ${variationsText(build)}`;
  });
  const skipped = result.notApplied.map(
    ({ variation, reason }) => `not varied: ${variation}: ${escapeText(reason)}`,
  );
  return [
    `${escapeText(result.subject)}: ${result.builds.length} builds, ${result.variations.length} variations, seed ${result.seed}`,
    ...builds,
    ...skipped,
    ...verdictLines(result).map((line, index) => (index === 0 ? paint('bold', line) : line)),
    '',
  ].join('\n');
}

function verdictLines(result: BisectResult): string[] {
  const { cause, control } = result;
  if (result.verdict === 'itself') {
    return [
      `the cause is in the build itself: ${rateText(control)} although nothing was varied`,
      'look for dates, random values, and what runs at the same time',
    ];
  }
  if (cause === null) return ['no variation makes it differ'];
  const names = cause.variations.map(({ variation }) => variation);
  const failed = cause.failed === null ? [] : [`  the build fails: ${escapeText(cause.failed)}`];
  const paths = cause.paths.slice(0, SHOWN).map((path) => `  ${escapeText(path)}`);
  const reported = cause.causes.map(
    ({ id, confidence, fix }) => `${id}${surenessText({ id, confidence })}: ${escapeText(fix)}`,
  );
  const more = cause.paths.length > SHOWN ? [`  and ${cause.paths.length - SHOWN} more`] : [];
  const together = names.length > 1 ? ', together and not apart' : '';
  return [
    `proven: ${names.join(' and ')} ${names.length > 1 ? 'make' : 'makes'} it differ${together}`,
    ...cause.variations.map(({ variation, value }) => `${variation}: ${value}`),
    `builds ${cause.equal} and ${cause.differing} differ in nothing else; what changed:`,
    ...failed,
    ...paths,
    ...more,
    ...reported,
    `for other variations: --vary ${['default', ...names.map((name) => `-${name}`)].join(',')}`,
  ];
}

const variationsText = ({ variations }: BisectBuild): string =>
  variations.length === 0
    ? 'nothing varied'
    : variations.length > 6
      ? `${variations.length} variations`
      : variations.join(', ');
