/** Tries to get out of a RUN instruction, and fails the build where one way leads out. */
export const ESCAPE = `out() { echo "OUT: $*"; exit 9; }
mkdir -p /t/dev /t/new /t/scratch
for socket in /var/run/docker.sock /run/docker.sock /run/podman/podman.sock; do [ ! -e $socket ] || out $socket; done
[ ! -e /proc/1/root/builder-store ] || out 'the root of the build container'
nsenter --target 1 --mount ls /builder-store 2> /dev/null && out 'the mount namespace of process 1'
for store in /builder-store /source /output; do [ ! -e $store ] || out $store; done
mount -o remount,rw,bind /cachi2/output/deps 2> /dev/null && touch /cachi2/output/deps/x && out 'the locked files'
touch /cachi2/output/deps/x 2> /dev/null && out 'the locked files'
echo '|/t' 2> /dev/null > /proc/sys/kernel/core_pattern && out core_pattern
mount -t proc proc /t/new 2> /dev/null && echo '|/t' 2> /dev/null > /t/new/sys/kernel/core_pattern && out 'a new proc'
mknod /t/dev/disk b 8 0 2> /dev/null && head -c 1 /t/dev/disk > /dev/null 2>&1 && out 'a disk'
mount -t cgroup cgroup /t/scratch 2> /dev/null && [ -e /t/scratch/release_agent ] && echo /t 2> /dev/null > /t/scratch/release_agent && out release_agent
curl --silent --max-time 2 http://172.17.0.1/ > /dev/null && out 'the host'
[ "$(cat /proc/net/dev | grep -vc -e lo: -e '|')" = 0 ] || out 'a network interface'
mkdir -p /newroot; echo stayed > /newroot/answer`;

/** What is noticed in RUN with any privileges, and what only one with nested privileges can open. */
export const NOTICED = {
  default: ['/var/run/docker.sock', '/run/podman/podman.sock', '/source'],
  nested: [
    'the root of the build container',
    'the locked files',
    'core_pattern',
    'the host',
    'a network interface',
  ],
};

/**
 * Opens those ways that can be opened from inside, one after the other, and fails the build where the script above does not
 * notice.
 */
export const CONTROL = `noticed() { # what must be said, and what was
  [ "$2" = "OUT: $1" ] || { echo "UNNOTICED: $1, but '$2'"; exit 1; }
  echo "noticed: $1"
}
inside() { # in a mount namespace and a network of its own: what must be noticed, how it is opened
  noticed "$1" "$(unshare --mount --net sh -ec "$2; exec sh /escape.sh" 2> /dev/null)"
}
mkdir -p /run/podman /var/run
for socket in /var/run/docker.sock /run/podman/podman.sock; do
  touch $socket; noticed $socket "$(sh /escape.sh 2> /dev/null)"; rm $socket
done
mkdir /source; noticed /source "$(sh /escape.sh 2> /dev/null)"; rmdir /source
unshare --mount true 2> /dev/null || exit 0
mkdir /builder-store; noticed 'the root of the build container' "$(sh /escape.sh 2> /dev/null)"; rmdir /builder-store
inside 'the locked files' 'mount -t tmpfs tmpfs /cachi2/output/deps'
inside core_pattern 'touch /pattern; mount --bind /pattern /proc/sys/kernel/core_pattern'
inside 'the host' 'ip link set lo up; ip address add 172.17.0.1/32 dev lo
  python3 -m http.server --bind 172.17.0.1 80 > /dev/null 2>&1 &
  until curl --silent http://172.17.0.1/; do sleep 0.1; done > /dev/null'
inside 'a network interface' 'ip link add type veth'`;
