import { wholeClaim } from './whole.ts';
import type { Attribution, Seen } from './types.ts';
import { shellWord } from '../model/shell-word.ts';

/** A file whose name says what it holds: hostname(5), hosts(5), resolv.conf(5), mtab (mount(8)), localtime(5), locale.conf(5). */
interface Named {
  path: RegExp;
  cause: string;
  why: string;
  fix: (path: string) => string;
}

const fixed = (what: string) => (path: string) => `write ${what} to ${path}, or leave it out: rm -f ${path}`;
const byEngine = (path: string): string =>
  `container engines mount ${path} while they build: rm -f ${path} where a tool has copied it`;

const FILES: readonly Named[] = [
  {
    path: /(?:^|\/)etc\/(?:hostname|mailname)$/,
    cause: 'hostname',
    why: 'it holds the name of a host',
    fix: fixed('a fixed name'),
  },
  {
    path: /(?:^|\/)etc\/hosts$/,
    cause: 'hostname',
    why: 'it holds names and addresses of hosts',
    fix: byEngine,
  },
  {
    path: /(?:^|\/)etc\/resolv\.conf$/,
    cause: 'environment',
    why: 'it holds the name servers of the network that it was built in',
    fix: byEngine,
  },
  {
    path: /(?:^|\/)etc\/mtab$/,
    cause: 'environment',
    why: 'it lists what is mounted',
    fix: (path) => `ln -sf ../proc/self/mounts ${path}`,
  },
  {
    path: /(?:^|\/)etc\/(?:timezone|localtime)$/,
    cause: 'timezone',
    why: 'it holds the time zone',
    fix: () => 'ln -sf /usr/share/zoneinfo/UTC /etc/localtime; echo Etc/UTC > /etc/timezone',
  },
  {
    path: /(?:^|\/)etc\/(?:locale\.conf|default\/locale)$/,
    cause: 'locale',
    why: 'it holds the language',
    fix: (path) => `echo LANG=C.UTF-8 > ${path}`,
  },
];

/** What a cause says of a file that is known by its name, where nothing in it tells more. */
export function namedFile(cause: string, seen: Seen): Attribution | null {
  const { path } = seen.entry;
  const found = FILES.find((file) => file.cause === cause && file.path.test(path));
  if (found === undefined) return null;
  return wholeClaim(seen, { confidence: 'likely', why: found.why, fix: found.fix(shellWord(`/${path}`)) });
}
