import type { AppliedAxis } from '../build/environment/types.ts';
import type { Cause, DiffResult, EntryDiff, PointerDiff } from '../compare/types.ts';
import type { Variation } from '../model/variations.ts';
import type { CauseId } from '../model/causes.ts';

/** What `bisect` showed by building: with these axes varied it differs, without the last of them it does not. */
export interface Flip {
  axes: Pick<AppliedAxis, 'axis' | 'value'>[];
  /** Names of the two builds. */
  equal: string;
  differing: string;
  /** Paths of entries that changed, and `config /pointer`s where no entry did. */
  paths: string[];
}

/** What each axis can make differ; the first is named where the difference itself speaks of none. */
const CAUSES: Record<Variation, readonly [CauseId, ...CauseId[]]> = {
  clock: [
    'timestamp-content',
    'timestamp-metadata',
    'timestamp-config',
    'shadow-date',
    'python-bytecode',
    'package-database',
    'filesystem-identity',
    'initramfs',
    'build-id',
  ],
  hostname: ['hostname'],
  timezone: ['timezone', 'timestamp-content'],
  locale: ['locale', 'entry-order'],
  umask: ['umask'],
  home: ['username', 'build-path', 'environment'],
  user: ['username', 'environment'],
  cpus: ['cpu', 'parallelism'],
  aslr: ['address-space', 'hash-order'],
  kernel: ['kernel'],
  'directory-order': ['entry-order', 'initramfs'],
  'build-path': ['build-path', 'environment', 'build-id'],
  path: ['environment'],
  environment: ['environment'],
  tmpdir: ['environment', 'build-path', 'build-id'],
  terminal: ['environment'],
  memory: ['environment'],
  order: ['parallelism', 'timestamp-content'],
};

const FIXES: Partial<Record<CauseId, string>> = {
  'timestamp-content': 'take the time from SOURCE_DATE_EPOCH (ARG SOURCE_DATE_EPOCH before the instruction)',
  hostname: 'leave the host name out of what is written',
  timezone: 'ENV TZ=UTC',
  locale: 'ENV LC_ALL=C.UTF-8',
  umask: 'umask 022 at the start of the RUN instruction',
  username: 'leave the name of the user and of its home out, or fix it: ENV HOME=/root USER=root',
  cpu: 'give the number of jobs as a fixed value instead of nproc',
  'address-space': 'leave addresses out of what is written and sort by something else',
  kernel: 'leave uname out: give the kernel version as a fixed value',
  'entry-order': 'sort what a folder lists before using it: find … | LC_ALL=C sort',
  'build-path': '-ffile-prefix-map="$PWD"=. in CFLAGS, or build in a fixed folder',
  environment: 'ENV NAME=… with a fixed value, or env -i for the step that writes the file',
  parallelism: 'run this step one after another',
};

/** Causes in a build that differs from an equal one: builds with nothing varied came out equal, so it is none of these. */
const REFUTED: readonly string[] = [
  'unknown',
  'randomness',
  'hash-order',
  'parallelism',
  'process-id',
  'profile-guided',
];

function evidenceOf({ equal, differing }: Flip, { axis, value }: Flip['axes'][number]): string {
  return `proven by building: build ${differing} differs from build ${equal} when ${axis} is ${value} and nothing else changes`;
}

/** The causes of one difference with what was shown for it. */
function proven(causes: readonly Cause[], flip: Flip): Cause[] {
  const told = causes.filter(({ alternative }) => alternative !== true);
  const shown = flip.axes.flatMap((axis): Cause[] => {
    const able = CAUSES[axis.axis];
    const named = told.filter(({ id }) => able.some((known) => known === id));
    if (named.length > 0) {
      return named.map((cause) => ({
        ...cause,
        confidence: 'proven',
        evidence: `${cause.evidence}; ${evidenceOf(flip, axis)}`,
      }));
    }
    const [id] = able;
    return [{ id, confidence: 'proven', evidence: evidenceOf(flip, axis), fix: FIXES[id] ?? '' }];
  });
  const ids = new Set(shown.map(({ id }) => id));
  const rest = causes.filter(({ id }) => !ids.has(id) && !REFUTED.includes(id));
  const unique = [...new Map(shown.map((cause) => [cause.id, cause])).values()];
  return [...unique, ...rest];
}

/** The same result, where what building has shown is `proven`. Pure. */
export function withFlip(result: DiffResult, flip: Flip): DiffResult {
  const paths = new Set(flip.paths);
  const entry = (diff: EntryDiff): EntryDiff =>
    paths.has(diff.path) ? { ...diff, causes: proven(diff.causes, flip) } : diff;
  const pointer = (diff: PointerDiff): PointerDiff =>
    paths.has(`config ${diff.pointer}`) && diff.causes !== undefined
      ? { ...diff, causes: proven(diff.causes, flip) }
      : diff;
  return { ...result, entries: result.entries.map(entry), config: result.config.map(pointer) };
}
