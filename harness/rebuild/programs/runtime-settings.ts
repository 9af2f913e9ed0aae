import { readFileSync, statSync } from 'node:fs';

/** One mount of a container (runtime-spec, config.json). */
export interface Mount {
  destination: string;
  type: string;
  source: string;
  options?: string[];
}

/** What RUN instructions of one twin are given; `settings.json` in the scratch folder. */
export interface RuntimeSettings {
  hostname: string;
  /** Text of /etc/resolv.conf. */
  resolver: string;
  umask: number | null;
  groups: number[];
  variables: Record<string, string>;
  /** Only where the instruction's root has glibc. */
  glibcVariables: Record<string, string>;
  pathEntry: string | null;
  mounts: Mount[];
  reversedDirectories: boolean;
  /** RUN has all rights in a user namespace of the build's own. */
  nested: boolean;
  /** The writable copy of the context. */
  context: string;
  /** The certificate (PEM) of whoever answers for locked downloads; null without. */
  trust: string | null;
}

/**
 * Newer buildah (1.40 and later) gives `--mount=type=bind,rw` an overlay and throws away what is written to it. What is
 * written to the context is meant to stay for a later `FROM oci-archive:`, so the overlay's lower folder takes its place.
 */
export function writtenThrough(mount: Mount, context: string): Mount {
  if (mount.options?.includes('rw') !== true || !mount.options.includes('rbind')) return mount;
  const lower = lowerFolder(mount.source, readFileSync('/proc/self/mountinfo', 'utf8'));
  if (lower === null || statSync(lower).dev !== statSync(context).dev) return mount;
  return { ...mount, source: lower };
}

/**
 * The only lower folder of an overlay that is mounted at a path; null when there is none or there are several.
 * @param mountinfo proc_pid_mountinfo(5)
 */
export function lowerFolder(path: string, mountinfo: string): string | null {
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    if (before.split(' ')[4] !== path || !after.startsWith('overlay ')) continue;
    const [, lower] = /(?:^|[ ,])lowerdir=([^,:]+)(?:,|$)/.exec(after) ?? [];
    return lower ?? null;
  }
  return null;
}
