import { claimOf } from '../claim.ts';
import { plantedClaim, settings } from '../planted.ts';
import type { Axis } from '../../build/environment/types.ts';
import type { Context, Explainer, Spot } from '../types.ts';

const AXES: readonly Axis[] = ['environment', 'path', 'tmpdir', 'terminal', 'memory'];

/** Variables that other causes name. */
const OTHERS =
  /^(?:export |declare -x )?"?(?:HOST(?:NAME)?|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|PWD|OLDPWD|SOURCE_DATE_EPOCH)=/;
const VARIABLE = /^(?:export |declare -x )?"?[A-Z_][A-Z0-9_]*=/;

const isVariable = ({ kind, lineA, lineB }: Spot): boolean =>
  kind === 'text' &&
  VARIABLE.test(lineA) &&
  !OTHERS.test(lineA) &&
  lineA.split('=')[0] === lineB.split('=')[0];

/** Words of `dumb 97×31`: type, columns and lines of the terminal. */
const terminalWords = (value: string): string[] => /^(\S+) (\d+)×(\d+)$/.exec(value)?.slice(1) ?? [];

/** Each is, word for word, what its build's terminal was set to. */
function isTerminal({ kind, a, b }: Spot, context: Context): boolean {
  const set = settings('terminal', context);
  if (kind !== 'text' || set === null) return false;
  const [one, other] = [a, b].map((text) => text.replace(/^(?:TERM|COLUMNS|LINES)=/, ''));
  const [wordsA, wordsB] = [terminalWords(set[0]), terminalWords(set[1])];
  return wordsA.some((word, at) => word === one && wordsB[at] === other && word !== other);
}

/** What keeps out what was set on that axis; `name` is the variable, where the text tells. */
function fixFor(axis: Axis, name: string): string {
  if (axis === 'memory')
    return 'give sizes of heaps and buffers as fixed values instead of a share of the memory';
  const known = { path: 'PATH', tmpdir: 'TMPDIR', terminal: 'TERM' }[axis as string] ?? name;
  return `ENV ${known}=… with a fixed value before the instruction, or env -i for the step that writes the file`;
}

/** Another variable that the build captured, or a limit that was set for it. */
export const environment: Explainer = {
  id: 'environment',
  explain({ spots }, context) {
    const name =
      spots
        .find(isVariable)
        ?.lineA.split('=')[0]
        ?.replace(/^(?:export |declare -x )?"?/, '') ?? 'NAME';
    const planted = plantedClaim(spots, AXES, context, (axis) => fixFor(axis, name));
    if (planted !== null) return planted;
    const terminal = claimOf(
      spots.filter((spot) => isTerminal(spot, context)),
      'proven',
      {
        why: `the terminals were set to ${settings('terminal', context)?.join(' and ') ?? ''}`,
        fix: fixFor('terminal', name),
      },
    );
    if (terminal !== null) return terminal;
    const fix = fixFor('environment', name);
    const claim = claimOf(spots.filter(isVariable), 'likely', { why: 'a variable of the environment', fix });
    return claim;
  },
};
