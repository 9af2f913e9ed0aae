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

/**
 * Makes a user namespace in which the build tool is root, with a mount namespace in which the container's own mounts
 * cannot be changed (user_namespaces(7), mount_namespaces(7), "Restrictions on mount namespaces"), and hands folders
 * over to it. A container that is root nowhere itself (rootless engine, userns-remap) keeps its own ids.
 */
export function makeNamespace(scratch: string, folders: readonly string[]): string[] {
  const script = `scratch=$1; shift
unshare --user --mount --propagation private sleep infinity > /dev/null 2>&1 < /dev/null &
holder=$!
tries=0
while [ "$(readlink /proc/$holder/ns/user)" = "$(readlink /proc/self/ns/user)" ]; do
  tries=$((tries + 1)); [ $tries -lt 500 ] || { echo 'no user namespace can be made here' >&2; exit 1; }
  sleep 0.01
done
all=$(awk '$1 == 0 && $2 == 0 && $3 == 4294967295' /proc/self/uid_map)
if [ -n "$all" ]; then
  first=${FIRST_ID}; users='0 ${FIRST_ID} ${IDS}'; groups=$users
else
  first=0; users=$(awk '{ print $1, $1, $3 }' /proc/self/uid_map); groups=$(awk '{ print $1, $1, $3 }' /proc/self/gid_map)
fi
printf '%s\\n' "$users" > /proc/$holder/uid_map
printf '%s\\n' "$groups" > /proc/$holder/gid_map
echo $holder > "$scratch/${HOLDER}"
chown -hR $first:$first "$@"
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
