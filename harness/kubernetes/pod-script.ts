/** Starts podman beside what follows. */
const START = `set -eu
mkdir -p "$WORK/home" "$WORK/run"
export HOME="$WORK/home" XDG_RUNTIME_DIR="$WORK/run" TWINPROOF_CACHE="$WORK/cache"
export CONTAINERS_STORAGE_CONF="$WORK/storage.conf" DOCKER_HOST="unix://$WORK/podman.sock"
printf '[storage]\\ndriver = "overlay"\\nrunroot = "%s"\\ngraphroot = "%s"\\n' "$WORK/runroot" "$WORK/storage" > "$WORK/storage.conf"
if [ "$ISOLATION" = user-namespace ]; then
  # Root of a user namespace is nobody's root: cgroups are not its own.
  export USER=build _CONTAINERS_USERNS_CONFIGURED=done
fi
killed() {
  for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    if [ -r "$file" ]; then sed -n 's/^oom_kill //p' "$file"; return; fi
  done
  echo 0
}
before=$(killed)
podman system service --time=0 "$DOCKER_HOST" > "$WORK/podman.log" 2>&1 &
podman=$!
tries=0
until [ -S "$WORK/podman.sock" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 300 ] || ! kill -0 "$podman"; then cat "$WORK/podman.log" >&2; exit 3; fi
  sleep 0.2
done
`;

/** Tries what builds do: a container of podman's with a network of its own, and in namespaces mounts of every kind. */
export const TRIAL_SCRIPT = `${START}podman run --rm --network none --cap-add SYS_ADMIN --rootfs /:O true
unshare --mount --pid --fork --net --ipc --uts sh -ec '
mount -t proc proc /proc
mount -t tmpfs tmpfs /mnt
mkdir /mnt/lower /mnt/upper /mnt/work /mnt/merged
mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/merged
'
podman info --format '{{.Store.GraphDriverName}} storage, podman {{.Version.Version}}, {{.Host.Kernel}}' > "$WORK/result"
cat "$WORK/result" > /dev/termination-log
kill "$podman"
`;

/**
 * What a pod runs, by sh(1). All that it is told comes as variables, never as text of the script. The name of what it leaves in
 * the registry, by digest, is its termination message.
 */
export const POD_SCRIPT = `${START}pull() { twinproof job pull "$1" "$2" --tls-verify "$TLS_VERIFY"; }
if [ -n "$BUILDER" ]; then
  pull "$BUILDER" "$WORK/builder"
  podman load --quiet --input "$WORK/builder/builder.tar"
  mkdir -p "$TWINPROOF_CACHE/builders"
  cp "$WORK/builder/made/"* "$TWINPROOF_CACHE/builders/"
  rm -r "$WORK/builder"
fi
pull "$SOURCE" "$WORK/source"
mkdir "$WORK/tree"
tar --extract --no-same-owner --same-permissions --file "$WORK/source/source.tar" --directory "$WORK/tree"
pull "$PREPARED" "$WORK/prepared"
cd "$WORK/tree"
# Options are words.
set -f
set -- $OPTIONS
set +f
twinproof job build "$WORK/prepared" --catalog "$CATALOG" --twin "$TWIN" --out "$WORK/twin" "$@"
if [ "$(killed)" != "$before" ]; then
  echo OOMKilled > /dev/termination-log
  exit 137
fi
twinproof job push "$WORK/twin" "$RESULT" --tls-verify "$TLS_VERIFY" > "$WORK/result"
cat "$WORK/result" > /dev/termination-log
kill "$podman"
`;
