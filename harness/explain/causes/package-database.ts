import type { CauseDefinition } from '../cause.ts';
import { CLOCK } from '../fixes/clock.ts';
import { shellWord } from '../../model/shell-word.ts';
import { inApk } from '../../packages/apk/places.ts';
import { inDpkg } from '../../packages/dpkg/places.ts';
import { inRpm } from '../../packages/rpm/places.ts';
import { wholeClaim } from '../whole.ts';

/** Also of a root that lies below another folder. */
const ANYWHERE = '(?:^|/)';
const ORDER_FIX = 'install the same packages in the same order, in one transaction';
const APK_FIX = (): string => 'apk 2.14.5 or later with SOURCE_DATE_EPOCH; apk add --virtual .deps=0';

const DATABASES: readonly [RegExp, string, (path: string) => string][] = [
  [
    inRpm('(?:.*-(?:wal|shm)|\\.(?:rpm|dbenv)\\.lock|__db\\.\\d+)$', ANYWHERE),
    'what SQLite leaves beside the package database',
    (path) => `rm -f ${shellWord(`/${path}`)}`,
  ],
  [
    inRpm('', ANYWHERE),
    'the package database keeps when each package was installed',
    () =>
      'SOURCE_DATE_EPOCH in the environment of rpm and dnf (ARG SOURCE_DATE_EPOCH before the instruction)',
  ],
  [
    /(?:^|\/)(?:var\/lib\/dnf|usr\/lib\/sysimage\/libdnf5)\//,
    "dnf's history keeps times and transaction numbers",
    (path) => `rm -f ${shellWord(`/${path}`)}`,
  ],
  [
    inDpkg('[\\w-]+-old$', ANYWHERE),
    "dpkg's backup of its database",
    (path) => `rm -f ${shellWord(`/${path}`)}`,
  ],
  [
    inDpkg('(?:status|available|statoverride|diversions|lock|lock-frontend|triggers/)', ANYWHERE),
    "dpkg's database",
    () => ORDER_FIX,
  ],
  [inApk('(?:scripts\\.tar(?:\\.gz)?|triggers|installed|lock)$', ANYWHERE), "apk's database", APK_FIX],
  [/(?:^|\/)etc\/apk\/world$/, "apk's database", APK_FIX],
  [/(?:^|\/)conda-meta\/history$/, "conda's history", (path) => `rm -f ${shellWord(`/${path}`)}`],
];

/** Databases of package managers. */
export const packageDatabase: CauseDefinition = {
  id: 'package-database',
  covers: 'rpmdb, dnf history, dpkg status and friends: times, transaction ids, row order, WAL/SHM leftovers',
  fix: ORDER_FIX,
  provenBy: ['clock'],
  rewrites: CLOCK,
  explain(seen) {
    const { path } = seen.entry;
    const found = DATABASES.find(([pattern]) => pattern.test(path));
    if (found === undefined) return null;
    const [, why, fix] = found;
    const content = seen.sites.filter(({ kind }) => kind !== 'attribute');
    const isOrder = content.length > 0 && content.every(({ kind }) => kind === 'order');
    if (isOrder)
      return wholeClaim(seen, {
        confidence: 'likely',
        why: 'the same packages in another order',
        fix: ORDER_FIX,
      });
    return wholeClaim(seen, { confidence: 'likely', why, fix: fix(path) });
  },
};
