import type { Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';

/** Whether RUN instructions may make namespaces and mounts of their own (docs/catalog.md, `privileges`). */
export const isNested = ({ recipe }: Pick<Subject, 'recipe'>): boolean =>
  recipe.kind === 'containerfile' && recipe.privileges === 'nested';

/**
 * Where ids of the namespace begin outside of it, and how many there are: high enough that no user of the host has one,
 * so that nothing inside is root anywhere else.
 */
const FIRST_ID = 0x1000_0000;
const IDS = 0xe000_0000;

const HOLDER = 'namespace.pid';

/** Exit code of `makeNamespace` where there can be none (sysexits.h, EX_UNAVAILABLE). */
export const NO_NAMESPACE = 69;

/**
 * Makes a user namespace in which the build tool is root, with a mount namespace in which the container's own mounts
 * cannot be changed (user_namespaces(7), mount_namespaces(7), "Restrictions on mount namespaces"), and hands folders
 * over to it. A container that is root nowhere itself (rootless engine, userns-remap) keeps its own ids.
 */
export function makeNamespace(scratch: string, folders: readonly string[]): string[] {
  const script = `scratch=$1; shift
trap 'exit ${NO_NAMESPACE}' EXIT
unshare --user --mount --propagation private sleep infinity > /dev/null 2>&1 < /dev/null &
holder=$!
tries=0
own=$(readlink /proc/self/ns/user)
while [ "$(readlink /proc/$holder/ns/user || echo none)" = "$own" ] && [ $tries -lt 1000 ]; do
  tries=$((tries + 1)); sleep 0.01
done
case $(readlink /proc/$holder/ns/user) in '' | "$own") echo 'unshare(1) could not make it' >&2; exit 1 ;; esac
all=$(awk '$1 == 0 && $2 == 0 && $3 == 4294967295' /proc/self/uid_map)
if [ -n "$all" ]; then
  first=${FIRST_ID}; users='0 ${FIRST_ID} ${IDS}'; groups=$users
else
  first=0; users=$(awk '{ print $1, $1, $3 }' /proc/self/uid_map); groups=$(awk '{ print $1, $1, $3 }' /proc/self/gid_map)
fi
printf '%s\\n' "$users" > /proc/$holder/uid_map
printf '%s\\n' "$groups" > /proc/$holder/gid_map
trap - EXIT
echo $holder > "$scratch/${HOLDER}"
# What is mounted below them read-only stays whose it is; find(1) names a mount point, too.
find "$@" -xdev \\( -type l -o -writable \\) -exec chown -h $first:$first {} +
# Of another owner they could not be written to where they are bound in a folder like /tmp.
for device in full null random tty urandom zero; do [ ! -c /dev/$device ] || chown $first:$first /dev/$device; done
[ ! -e /dev/fuse ] || chmod 666 /dev/fuse`;
  return ['sh', '-ec', script, 'sh', scratch, ...folders];
}

/** Runs a command in the namespace. */
export const inNamespace = (scratch: string, command: readonly string[]): string[] => [
  'sh',
  '-ec',
  `holder=$(cat ${scratch}/${HOLDER}); exec nsenter --target "$holder" --user --mount -- "$@"`,
  'sh',
  ...command,
];

/** @param stderr of `makeNamespace` */
export const noNamespace = (stderr: string): TwinproofError =>
  new TwinproofError(
    'unsupported',
    `the engine lets no build make a user namespace: ${stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? ''}`,
    { hint: 'allow user namespaces on this host (sysctl user.max_user_namespaces), or use another engine' },
  );
