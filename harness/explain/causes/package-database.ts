import type { Explainer } from '../types.ts';
import { wholeClaim } from '../whole.ts';

const DATABASES: readonly [RegExp, string, (path: string) => string][] = [
  [
    /(?:^|\/)(?:usr\/lib\/sysimage|var\/lib)\/rpm\/.*-(?:wal|shm)$|\/rpm\/\.rpm\.lock$|\/rpm\/\.dbenv\.lock$|\/rpm\/__db\.\d+$/,
    'what SQLite leaves beside the package database',
    (path) => `rm -f /${path}`,
  ],
  [
    /(?:^|\/)(?:usr\/lib\/sysimage|var\/lib)\/rpm\//,
    'the package database keeps when each package was installed',
    () =>
      'SOURCE_DATE_EPOCH in the environment of rpm and dnf (ARG SOURCE_DATE_EPOCH before the instruction)',
  ],
  [
    /(?:^|\/)(?:var\/lib\/dnf|usr\/lib\/sysimage\/libdnf5)\//,
    "dnf's history keeps times and transaction numbers",
    (path) => `rm -f /${path}`,
  ],
  [/(?:^|\/)var\/lib\/dpkg\/[\w-]+-old$/, "dpkg's backup of its database", (path) => `rm -f /${path}`],
  [
    /(?:^|\/)var\/lib\/dpkg\/(?:status|available|statoverride|diversions|lock|lock-frontend|triggers\/)/,
    "dpkg's database",
    () => 'install the same packages in the same order, in one transaction',
  ],
  [
    /(?:^|\/)lib\/apk\/db\/(?:scripts\.tar(?:\.gz)?|triggers|installed|lock)$|(?:^|\/)etc\/apk\/world$/,
    "apk's database",
    () => 'apk 2.14.5 or later with SOURCE_DATE_EPOCH; apk add --virtual .deps=0',
  ],
  [/(?:^|\/)conda-meta\/history$/, "conda's history", (path) => `rm -f /${path}`],
];

/** Databases of package managers. */
export const packageDatabase: Explainer = {
  id: 'package-database',
  explain(seen) {
    const { path } = seen.entry;
    const found = DATABASES.find(([pattern]) => pattern.test(path));
    if (found === undefined) return null;
    const [, why, fix] = found;
    return wholeClaim(seen, { confidence: 'likely', why, fix: fix(path) });
  },
};
