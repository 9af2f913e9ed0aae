import type { Settings } from './types.ts';

/** Where things that an axis needs are seen in RUN instructions: in a file system that is no part of the image. */
const SEEN = '/dev/build';

/**
 * What buildah calls as its OCI runtime (runtime-spec, config.json): it changes the process's name, variables, umask
 * and mounts, then hands over to crun. Nothing of it is in the image; the mount points of buildah's own files get the
 * modes that its chroot isolation gives them.
 */
const SCRIPT = `#!/bin/sh
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
for word; do [ "\${previous-}" != --bundle ] || bundle=$word; previous=$word; done
root=$(jq -r .root.path "$bundle/config.json")
for name in hostname hosts resolv.conf; do
  file=$root/etc/$name
  if [ -d "$root/etc" ] && [ ! -L "$root/etc" ] && [ ! -e "$file" ] && [ ! -L "$file" ]; then
    : > "$file"; chmod 755 "$file"
  fi
done
before=$(jq -r .hostname "$bundle/config.json")
name=$(jq -r .hostname "$scratch/settings.json")
jq -r '.mounts[] | select(.destination == "/etc/hostname" or .destination == "/etc/hosts") | .source' \\
  "$bundle/config.json" | while read -r file; do sed -i "s/$before/$name/g" "$file"; done
if [ -p "$scratch/request" ]; then
  mkdir -p "$bundle/ordered" "$scratch/ordered"
  echo "$$ $root $bundle/ordered" > "$scratch/request"
  read -r answer < "$scratch/answer"
  [ "$answer" = 0 ] || { cat "$scratch/disorderfs.log" >&2; exit 1; }
  root=$bundle/ordered
  echo "$root" > "$scratch/ordered/$word"
fi
glibc=false
for loader in "$root"/lib*/ld-linux*.so.* "$root"/lib/ld64.so.*; do [ ! -e "$loader" ] || glibc=true; done
jq --slurpfile settings "$scratch/settings.json" --arg root "$root" --argjson glibc $glibc \\
  -f "$scratch/patch.jq" "$bundle/config.json" > "$bundle/patched.json"
mv "$bundle/patched.json" "$bundle/config.json"
run create --no-new-keyring --no-pivot "$@"
`;

/**
 * Variables that the recipe sets itself (ENV, ARG) stay as they are. /proc and /sys are those of the build's
 * container, as in buildah's chroot isolation: a new one could not be mounted with fewer rights.
 */
const PATCH = `$settings[0] as $s
| .hostname as $before
| .hostname = $s.hostname
| if $s.umask == null then . else .process.user.umask = $s.umask end
| .process.user.additionalGids += $s.groups
| ($s.variables + (if $glibc then $s.glibcVariables else {} end)) as $variables
| .process.env |= map(if . == "HOSTNAME=\\($before)" then "HOSTNAME=\\($s.hostname)" else . end)
| .process.env |= (map(split("=")[0]) as $set
    | . + ($variables | to_entries
        | map(select(.key as $key | $set | index([$key]) | not) | "\\(.key)=\\(.value)")))
| if $s.pathEntry == null then .
  else .process.env |= map(if startswith("PATH=") then "\\(.):\\($s.pathEntry)" else . end) end
| .mounts |= map(
    if .destination == "/proc" or .destination == "/sys" or .destination == "/dev/mqueue"
    then { destination, type: "bind", source: .destination, options: ["rbind", "nosuid", "nodev", "noexec"] }
    elif .type == "cgroup" then empty
    else . end)
| .mounts += $s.mounts
| .root.path = $root
`;

/**
 * Mounts disorderfs for the runtime, from outside of buildah, which waits for all that its own children start. While it
 * is mounted everything goes through it, so the kernel may keep names and contents; attributes it asks for again, since
 * the link count of one name changes when another is made.
 */
const HELPER = `cd "$1"
mkfifo request answer
while read -r process root target < request; do
  nsenter --mount="/proc/$process/ns/mnt" disorderfs --quiet --multi-user=yes --reverse-dirents=yes \\
    --pad-blocks=0 -o big_writes,kernel_cache,entry_timeout=60,negative_timeout=60 "$root" "$target" > disorderfs.log 2>&1 < /dev/null
  echo $? > answer
done`;

export const runtimePath = (scratch: string): string => `${scratch}/runtime`;

/** Puts the runtime and what it is to do into the scratch folder, and starts its helper where one is needed. */
export function prepareRuntime(scratch: string, settings: Settings, localesInside: string): string[] {
  const script = `cd "$1"
printf '%s' "$2" > runtime; printf '%s' "$3" > patch.jq; printf '%s' "$4" > settings.json
chmod 755 runtime
[ "$5" = '' ] || sh -c "$5" sh "$1" > /dev/null 2>&1 < /dev/null &`;
  const forRuntime = JSON.stringify(runtimeSettings(settings, localesInside));
  const helper = settings.reversedDirectories ? HELPER : '';
  return ['sh', '-ec', script, 'sh', scratch, SCRIPT, PATCH, forRuntime, helper];
}

/** What the patch reads. */
function runtimeSettings(settings: Settings, localesInside: string): object {
  const { hostname, umask, groups, pathEntry, home, temporary, clock, locale } = settings;
  const mounts: object[] = [];
  if (locale !== null) mounts.push(bind(localesInside, `${SEEN}/locale/${locale.name}`));
  if (clock !== null) mounts.push(bind(clock.library, `${SEEN}/clock.so`));
  if (temporary !== null) {
    const options = ['nosuid', 'nodev', 'mode=1777'];
    mounts.push({ destination: `/dev/${temporary}`, type: 'tmpfs', source: 'tmpfs', options });
  }
  const variables = {
    ...settings.variables,
    ...(home === null ? {} : { HOME: `/home/${home}` }),
    ...(temporary === null ? {} : { TMPDIR: `/dev/${temporary}` }),
    ...(locale === null ? {} : { LC_ALL: locale.name, LOCPATH: `${SEEN}/locale` }),
  };
  const glibcVariables = clock === null ? {} : clockVariables(`${SEEN}/clock.so`, clock.ahead);
  return { hostname, umask, groups, pathEntry, mounts, variables, glibcVariables };
}

const bind = (source: string, destination: string): object => ({
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
