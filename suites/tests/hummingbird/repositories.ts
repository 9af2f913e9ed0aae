import type { Distro } from './table.ts';

/** A repository as yum-repos/*.repo tells of it, and where its files are. */
export interface Repository {
  repoid: string;
  /** What an entry of a lock begins with. */
  url: string;
  /** Below the folder that fixtures/hummingbird/rpms/build.py wrote. */
  folder: string;
}

const PULP = 'https://packages.twinproof.invalid/api/pulp-content/public-hummingbird/';
const FEDORA = 'https://fedora.twinproof.invalid/pub/fedora/linux/';

const fedora = (release: string): Repository[] => [
  { repoid: `fedora-${release}`, url: `${FEDORA}${release}/x86_64/`, folder: `fedora/${release}/x86_64` },
  {
    repoid: `fedora-${release}-source`,
    url: `${FEDORA}${release}/source/`,
    folder: `fedora/${release}/source`,
  },
];

/** By file in yum-repos/. */
export const REPOFILES: Record<string, Repository[]> = {
  'fedora-43.repo': fedora('43'),
  'fedora-44.repo': fedora('44'),
  'hummingbird.repo': [
    { repoid: 'public-hummingbird-x86_64-rpms', url: `${PULP}x86_64/`, folder: 'public-hummingbird/x86_64' },
    { repoid: 'public-hummingbird-source-rpms', url: `${PULP}source/`, folder: 'public-hummingbird/source' },
  ],
};

export const DISTRO_REPOFILES: Record<Distro, string[]> = {
  hummingbird: ['fedora-43.repo', 'hummingbird.repo'],
  rawhide: ['fedora-44.repo'],
};

export const ALL_REPOSITORIES = Object.values(REPOFILES).flat();

export const repositoriesOf = (distro: Distro): Repository[] =>
  DISTRO_REPOFILES[distro].flatMap((file) => REPOFILES[file] ?? []);

export const repofileText = (repositories: readonly Repository[]): string =>
  repositories
    .map(({ repoid, url }) => `[${repoid}]\nname=${repoid}\nbaseurl=${url}\nenabled=1\ngpgcheck=0\n`)
    .join('\n');
