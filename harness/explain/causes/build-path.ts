import type { CauseDefinition } from '../cause.ts';
import { PREFIX_MAP, TRIMPATH } from '../fixes/programs.ts';
import { claimOf } from '../claim.ts';
import { leaksOnce, markerClaim } from '../markers.ts';
import type { Seen, DifferenceSite } from '../types.ts';

function fixFor({ recipe }: Seen): string {
  if (/\bgo (?:build|install)\b/.test(recipe)) return 'go build -trimpath -buildvcs=false';
  if (/\brustc\b|\bcargo\b/.test(recipe)) return 'RUSTFLAGS="--remap-path-prefix=$PWD=."';
  return '-ffile-prefix-map="$PWD"=. in CFLAGS (with gcc before 8: -fdebug-prefix-map), or build in a fixed folder';
}

/** Formats that compilers put paths into. */
const COMPILED = /^(?:elf|dwarf|ar|pyc|class|wasm|pe|macho|strings|bytes)/;
/** Folders that builders check out into. */
const ROOTS =
  /^\/(?:builds?|buildroot|builddir|buildkite|workspace|github\/workspace|home\/runner\/work|var\/lib\/jenkins|root\/rpmbuild|usr\/src\/(?:packages|RPM))\//;
/** Folders that people and tests build in, too; others have files there as well, so that it must be the same file. */
const WORK = /^\/(?:builds?|home|root|tmp|var\/tmp|usr\/src|src|work|mnt|data|app|opt|srv)\//;
const FILE_URL = /^file:\/\/\/[^/]/;
const VARIABLE = /^(?:OLD)?PWD=/;

/** One place of another version of a tool, such as `/opt/python-3.11.2/include` and `/opt/python-3.11.3/include`. */
function otherVersion(a: string, b: string): boolean {
  const bare = (text: string): string => text.replaceAll(/\d+(?:\.\d+)+(?:rc\d+|[ab]\d+)?/g, 'N');
  return bare(a) === bare(b);
}

/** Debugging information, also of an object in a library: the paths in there are those of sources and of their folder. */
const DEBUGGING = /(?:^| > )\.(?:rela?\.)?z?debug_/;

/** The same file, below another folder. */
function samePlaceElsewhere(a: string, b: string): boolean {
  if (!a.includes('/') || !b.includes('/')) return false;
  const [one, other] = [a.split('/'), b.split('/')];
  return one.length > 2 && other.length > 2 && (one.at(-1) === other.at(-1) || one[1] === other[1]);
}

/** The same file below folders that have nothing in common; two homes alone are those of two users. */
function isElsewhere(a: string, b: string): boolean {
  const [one, other] = [a.split('/'), b.split('/')];
  const below = (path: readonly string[]): string => path.slice(3).join('/');
  const homes = one[1] === other[1] && below(one) === below(other);
  const apart = one[1] !== other[1] || one[2] !== other[2];
  return apart && !homes && one.at(-1) !== '' && one.at(-1) === other.at(-1);
}

function isPath({ kind, a, b, format, name, part, lineA }: DifferenceSite, { entry }: Seen): boolean {
  if (kind === 'field' && /comp_dir|source.?path|file ?name|co_filename|build.?path/i.test(name)) return true;
  if (kind !== 'text') return false;
  // A package that was installed from a folder notes where that was.
  if (FILE_URL.test(a) && FILE_URL.test(b)) return !otherVersion(a, b);
  const [one, other] = [a, b].map((text) => text.replace(/^[^/]*(?==?\/)=?/, ''));
  if (one?.startsWith('/') !== true || other?.startsWith('/') !== true) return false;
  if (otherVersion(one, other)) return false;
  if (VARIABLE.test(lineA) || DEBUGGING.test(part)) return true;
  if (ROOTS.test(one) && ROOTS.test(other)) return true;
  if (WORK.test(one) && WORK.test(other) && isElsewhere(one, other)) return true;
  const compiled = [format, entry.inside?.format ?? ''].some((known) => COMPILED.test(known));
  return compiled && samePlaceElsewhere(one, other);
}

/** A folder by itself, of which another place has a file. */
function isAbove({ kind, a, b }: DifferenceSite, file: DifferenceSite): boolean {
  return (
    kind === 'text' &&
    a.startsWith('/') &&
    b.startsWith('/') &&
    file.a.startsWith(`${a}/`) &&
    file.b.startsWith(`${b}/`)
  );
}

/** The folder that it was built in. */
export const buildPath: CauseDefinition = {
  id: 'build-path',
  covers: 'the directory it was built in',
  fix: '-ffile-prefix-map="$PWD"=. in CFLAGS, or build in a fixed folder',
  provenBy: ['home', 'build-path', 'tmpdir'],
  standsFor: ['build-path'],
  rewrites: [PREFIX_MAP, TRIMPATH],
  explain(seen, context) {
    const { sites } = seen;
    const markers = markerClaim(sites, ['build-path'], context, fixFor(seen));
    if (markers !== null) return markers;
    const known = sites.filter((site) => isPath(site, seen) || leaksOnce(site, 'build-path', context));
    const paths = sites.filter((site) => known.includes(site) || known.some((path) => isAbove(site, path)));
    const why = 'a path of the folder that it was built in';
    const claim = claimOf(paths, 'likely', { why, fix: fixFor(seen) });
    if (claim === null) return null;
    // Lengths and offsets in debugging information follow from the paths.
    const follow = sites.filter(({ kind, part }) => kind === 'bytes' && DEBUGGING.test(part));
    return { ...claim, sites: [...paths, ...follow] };
  },
};
