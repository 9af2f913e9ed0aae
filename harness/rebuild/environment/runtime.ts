import { NODE_COMMAND } from '../../engine/node-folder.ts';
import { program } from '../programs.ts';
import type { Mount, RuntimeSettings } from '../programs/runtime-settings.ts';
import type { Settings } from './types.ts';

/** Where things that an variation needs are seen in RUN instructions: in a file system that is no part of the image. */
const SEEN = '/dev/build';

/**
 * What buildah calls as its OCI runtime: a program of ours changes what crun is to make, then crun takes over. Without
 * pivot_root(2), which the seccomp profile refuses, unless RUN is nested and could undo a mere move of the root.
 */
const script = (nested: boolean): string => `#!/bin/sh
set -eu
scratch=$(dirname "$0")
run() { crun --cgroup-manager=disabled --root="$scratch/crun" "$@"; }
case $1 in
  create) shift ;;
  delete)
    for id; do :; done
    run "$@"
    [ ! -e "$scratch/ordered/$id" ] || umount "$(cat "$scratch/ordered/$id")"
    exit 0 ;;
  *) run "$@"; exit ;;
esac
${NODE_COMMAND.join(' ')} ${program('oci-runtime')} "$scratch" "$@"
run create --no-new-keyring ${nested ? '' : '--no-pivot '}"$@"
`;

/**
 * Mounts disorderfs for the runtime, from outside of buildah, which waits for all that its own children start. While it
 * is mounted everything goes through it, so the kernel may keep names and contents; attributes it asks for again, since
 * the link count of one name changes when another is made. In a user namespace only its own root may pass over modes.
 */
const helper = (nested: boolean): string => `cd "$1"
reversed() {
  nsenter --target "$1" --mount ${nested ? '--user ' : ''}-- disorderfs --quiet --multi-user=yes --reverse-dirents=yes \\
    --pad-blocks=0 -o "$4kernel_cache,entry_timeout=60,negative_timeout=60" "$2" "$3" > disorderfs.log 2>&1 < /dev/null
}
while read -r process root target < request; do
  # Since version 3 of FUSE writes are big, and the option that asks for it is unknown.
  reversed "$process" "$root" "$target" big_writes, || reversed "$process" "$root" "$target" ''
  echo $? > answer
done`;

export const runtimePath = (scratch: string): string => `${scratch}/runtime`;

/** What a build's RUN instructions are given beside what is varied. */
export interface RuntimeGiven {
  nested: boolean;
  /** The writable copy of the context, inside the container. */
  context: string;
  /** Folder with locales, inside the container. */
  locales: string;
  /** PEM; null without locked downloads. */
  trust: string | null;
  /** Variables besides what is varied. */
  variables: Record<string, string>;
}

/** Puts the runtime and what it is to do into the scratch folder, and starts its helper where one is needed. */
export function prepareRuntime(scratch: string, settings: Settings, given: RuntimeGiven): string[] {
  const prepare = `cd "$1"
printf '%s' "$2" > runtime; printf '%s' "$3" > settings.json
chmod 755 runtime
[ "$4" = '' ] || { mkfifo request answer; sh -c "$4" sh "$1" > /dev/null 2>&1 < /dev/null & }`;
  const started = settings.reversedDirectories ? helper(given.nested) : '';
  const forRuntime = JSON.stringify(runtimeSettings(settings, given));
  return ['sh', '-ec', prepare, 'sh', scratch, script(given.nested), forRuntime, started];
}

/** What the program reads. */
function runtimeSettings(settings: Settings, given: RuntimeGiven): RuntimeSettings {
  const { hostname, umask, groups, pathEntry, home, temporary, clock, locale, reversedDirectories } =
    settings;
  const mounts: Mount[] = [];
  if (locale !== null) mounts.push(bind(given.locales, `${SEEN}/locale/${locale.name}`));
  if (clock !== null) mounts.push(bind(clock.library, `${SEEN}/clock.so`));
  if (temporary !== null) {
    const options = ['nosuid', 'nodev', 'mode=1777'];
    mounts.push({ destination: `/dev/${temporary}`, type: 'tmpfs', source: 'tmpfs', options });
  }
  const variables = {
    ...given.variables,
    ...settings.variables,
    ...(home === null ? {} : { HOME: `/home/${home}` }),
    ...(temporary === null ? {} : { TMPDIR: `/dev/${temporary}` }),
    ...(locale === null ? {} : { LC_ALL: locale.name, LOCPATH: `${SEEN}/locale` }),
  };
  const glibcVariables = clock === null ? {} : clockVariables(`${SEEN}/clock.so`, clock.ahead);
  const { nested, context, trust } = given;
  const varied = {
    hostname,
    umask,
    groups,
    pathEntry,
    mounts,
    variables,
    glibcVariables,
    reversedDirectories,
  };
  return { ...varied, resolver: RESOLVER, nested, context, trust };
}

/** Who answers for names in a build (resolv.conf(5)): nobody outside of it can. */
export const RESOLVER = 'nameserver 127.0.0.1\n';

const bind = (source: string, destination: string): Mount => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', 'ro', 'nosuid', 'nodev'],
});

/** Variables of libfaketime (its README): times of files are true, and waiting takes as long as it should. */
export const clockVariables = (library: string, ahead: number): Record<string, string> => ({
  LD_PRELOAD: library,
  FAKETIME: `+${ahead}s`,
  NO_FAKE_STAT: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});
