import type { PinnedFile } from '../../lock/types.ts';

/** A repository of RPM packages as an input or a .repo file names it; `$arch` and `$basearch` are not put in yet. */
export interface RpmRepo {
  repoid: string;
  /** Ends with a slash. */
  baseurl: string;
  /** Whether repomd.xml must be signed by one of `keys`. */
  signed: boolean;
  /** URLs, or paths relative to the file that names the repository, made absolute. */
  keys: string[];
  /** What dnf takes into account when it chooses: `priority`, `cost`, `excludepkgs` … (dnf.conf(5)). */
  options: Record<string, string>;
  /** `file:line:column` that it was read from. */
  where: string;
}

/** `repomd.xml` and what it names, each checked. */
export interface FetchedRepository {
  repoid: string;
  /** With the architecture put in; ends with a slash. */
  baseurl: string;
  options: Record<string, string>;
  metadata: FetchedMetadata[];
}

export interface FetchedMetadata {
  /** As repomd.xml calls it: `primary`, `filelists` … */
  type: string;
  /** What a lock says of it. */
  file: PinnedFile;
  /** In the cache; must only be read. */
  path: string;
}

export interface WantedRpm {
  /** Whatever dnf takes: a name, a name with version, a file, `@group`, `@module:stream`. */
  name: string;
  /** Architectures that it is wanted on; empty for all. */
  only: string[];
  not: string[];
}

/** What `rpms.in.yaml` asks for, as rpm-lockfile-prototype reads it; see docs/locks.md. */
export interface RpmInput {
  path: string;
  repos: RpmRepo[];
  repofiles: { location: string; where: string }[];
  packages: WantedRpm[];
  excludePackages: WantedRpm[];
  moduleEnable: WantedRpm[];
  moduleDisable: WantedRpm[];
  arches: string[];
  allowErasing: boolean;
  /** Null leaves it to dnf. */
  installWeakDeps: boolean | null;
  noSources: boolean;
}
