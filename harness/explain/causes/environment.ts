import type { CauseDefinition } from '../cause.ts';
import { claimOf } from '../claim.ts';
import { namedFile } from '../named-file.ts';
import { markerClaim, settings } from '../markers.ts';
import { looksRandom } from '../random.ts';
import type { Context, Seen, DifferenceSite } from '../types.ts';
import type { Variation } from '../../model/variations.ts';

const VARIATIONS: readonly Variation[] = ['environment', 'path', 'tmpdir', 'terminal', 'memory'];

/** Variables that other causes name. */
const OTHERS =
  /^(?:export |declare -x )?"?(?:HOST(?:NAME)?|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|PWD|OLDPWD|SOURCE_DATE_EPOCH)=/;
const VARIABLE = /^(?:export |declare -x )?"?[A-Z_][A-Z0-9_]*=/;
/**
 * Variables that shells, terminals, sessions and build services set, or as bash lists what is exported. Any other assignment
 * may be a line that somebody wrote.
 */
const CAPTURED =
  /^declare -x |^(?:export )?"?(?:PATH|SHLVL|TERM|COLUMNS|LINES|SHELL|TMPDIR|TEMP|TMP|MAIL|EDITOR|PAGER|DISPLAY|container|CI|MAKEFLAGS|MFLAGS|MAKELEVEL|(?:XDG|SSH|DBUS|SUDO|CI|BUILD|BUILDKITE|JOB|RUNNER|GITHUB|GITLAB|JENKINS|TRAVIS|CIRCLE|KUBERNETES|CONTAINER|DEB_BUILD|RPM)_[A-Z0-9_]+)=/;
const DUMPS =
  /(?:^|[|&;\s])(?:env|printenv|set|export -p|declare -x)(?:\s*(?:[|&;>)]|$))|os\.environ|process\.env|ENV\.each/m;

/** What the name says that the value is: made at random, or a number of CPUs. */
const MADE_UP = /^[^=]*(?:SECRET|PASSW|TOKEN|SALT|SEED|NONCE|UUID|COOKIE|KEY)/;
const CPUS = /^[^=]*(?:NPROC|JOBS|THREADS|CPUS?|CORES|PARALLEL|WORKERS|MAKEFLAGS)[^=]*=\D*\d{1,4}\D*$/;

function isVariable(site: DifferenceSite, seen: Seen): boolean {
  const { kind, lineA, lineB } = site;
  if (kind !== 'text' || !VARIABLE.test(lineA) || OTHERS.test(lineA)) return false;
  if (!CAPTURED.test(lineA) && !DUMPS.test(seen.recipe)) return false;
  if (CPUS.test(lineA) || (MADE_UP.test(lineA) && looksRandom(site, seen))) return false;
  return lineA.split('=')[0] === lineB.split('=')[0];
}

/** Words of `dumb 97×31`: type, columns and lines of the terminal. */
const terminalWords = (value: string): string[] => /^(\S+) (\d+)×(\d+)$/.exec(value)?.slice(1) ?? [];

/** Each is, word for word, what its build's terminal was set to. */
function isTerminal({ kind, a, b }: DifferenceSite, context: Context): boolean {
  const set = settings('terminal', context);
  if (kind !== 'text' || set === null) return false;
  const [one, other] = [a, b].map((text) => text.replace(/^(?:TERM|COLUMNS|LINES)=/, ''));
  const [wordsA, wordsB] = [terminalWords(set[0]), terminalWords(set[1])];
  return wordsA.some((word, at) => word === one && wordsB[at] === other && word !== other);
}

/** What keeps out what was set on that variation; `name` is the variable, where the text tells. */
function fixFor(variation: Variation, name: string): string {
  if (variation === 'memory')
    return 'give sizes of heaps and buffers as fixed values instead of a share of the memory';
  const known = { path: 'PATH', tmpdir: 'TMPDIR', terminal: 'TERM' }[variation as string] ?? name;
  return `ENV ${known}=… with a fixed value before the instruction, or env -i for the step that writes the file`;
}

/** Another variable that the build captured, or a limit that was set for it. */
export const environment: CauseDefinition = {
  id: 'environment',
  covers: 'another variable captured from the environment',
  fix: 'ENV NAME=… with a fixed value, or env -i for the step that writes the file',
  provenBy: ['home', 'user', 'build-path', 'path', 'environment', 'tmpdir', 'terminal', 'memory'],
  standsFor: ['path', 'environment', 'tmpdir', 'terminal', 'memory'],
  explain(seen, context) {
    const { sites } = seen;
    const variables = sites.filter((site) => isVariable(site, seen));
    const name = variables[0]?.lineA.split('=')[0]?.replace(/^(?:export |declare -x )?"?/, '') ?? 'NAME';
    const markers = markerClaim(sites, VARIATIONS, context, (variation) => fixFor(variation, name));
    if (markers !== null) return markers;
    const terminal = claimOf(
      sites.filter((site) => isTerminal(site, context)),
      'proven',
      {
        why: `the terminals were set to ${settings('terminal', context)?.join(' and ') ?? ''}`,
        fix: fixFor('terminal', name),
      },
    );
    if (terminal !== null) return terminal;
    const fix = fixFor('environment', name);
    const claim = claimOf(variables, 'likely', { why: 'a variable of the environment', fix });
    return claim ?? namedFile('environment', seen);
  },
};
