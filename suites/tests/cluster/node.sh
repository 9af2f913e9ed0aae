#!/bin/sh
# One node, in namespaces of its own: nsenter --net … unshare --mount --uts --ipc --pid --fork --mount-proc --kill-child
# Arguments: folder of the node, folder of the programs, its name, the cgroup that it gets in each hierarchy.
set -eu
folder=$1 programs=$2 name=$3 cgroup=$4
hostname "$name"
# Volumes that the kubelet mounts are seen by the containers, and by nobody outside.
mount --make-rshared /
mount -t tmpfs tmpfs /run
# The kernel lets a user namespace mount a new /proc only where one is seen whole; below, parts of /proc are covered.
mkdir /run/proc
mount -t proc proc /run/proc
# Settings of the whole machine that the kubelet would write: it finds what it wants, and writes nothing.
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  file="$folder/sysctl-$(echo "${setting%=*}" | tr / -)"
  echo "${setting#*=}" > "$file"
  mount --bind "$file" "/proc/sys/${setting%=*}"
done
for hierarchy in /sys/fs/cgroup/*/; do
  [ -e "$hierarchy/cgroup.procs" ] || continue
  mkdir -p "$hierarchy/$cgroup"
done
if [ -d /sys/fs/cgroup/cpuset ]; then
  group=/sys/fs/cgroup/cpuset
  for part in $(echo "$cgroup" | tr / ' '); do
    for file in cpuset.cpus cpuset.mems; do
      [ -n "$(cat "$group/$part/$file")" ] || cat "$group/$file" > "$group/$part/$file"
    done
    group="$group/$part"
  done
fi
"$programs/containerd" --config "$folder/containerd.toml" > "$folder/containerd.log" 2>&1 &
until [ -S /run/containerd/containerd.sock ]; do sleep 0.2; done
exec "$programs/kubernetes" kubelet --config "$folder/kubelet.yaml" --kubeconfig "$folder/kubeconfig" \
  --root-dir "$folder/kubelet" --cert-dir "$folder/certificates" --hostname-override "$name" --node-ip "$5" \
  --v 1
