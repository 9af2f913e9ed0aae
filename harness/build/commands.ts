import { relative } from 'node:path';
import type { Subject } from '../catalog/types.ts';
import type { ReadyBase } from './types.ts';

/** Where things are inside a build's container. The names are the field's own (Hermeto, buildah), not the harness's. */
export const INSIDE = {
  source: '/source',
  recipe: '/recipe',
  inputs: '/inputs',
  output: '/output',
  scratch: '/scratch',
  builderStore: '/builder-store',
  /** Where Konflux mounts what Hermeto fetched, for RUN instructions. */
  deps: '/cachi2/output/deps',
} as const;

export const LOG_NAME = 'build.log';
export const LAYOUT_NAME = 'image';

/** Where the store of the n-th base image is. */
export const baseStore = (index: number): string => `/base-store-${index}`;

const storageConf = (stores: string[]): string => `[storage]
driver = "overlay"
runroot = "${INSIDE.scratch}/runroot"
graphroot = "${INSIDE.scratch}/store"
[storage.options]
additionalimagestores = [${stores.map((store) => `"${store}"`).join(', ')}]
`;

/** Environment of the build tool itself; buildah hands none of it on to RUN instructions. */
export function toolEnvironment(subject: Subject): Record<string, string> {
  const common = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: `${INSIDE.scratch}/home`,
    TMPDIR: `${INSIDE.scratch}/tmp`,
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    SOURCE_DATE_EPOCH: String(subject.sourceDateEpoch),
  };
  const { recipe } = subject;
  return recipe.kind === 'command'
    ? { ...common, OUTPUT: `${INSIDE.scratch}/${LAYOUT_NAME}`, ...recipe.environment }
    : { ...common, CONTAINERS_STORAGE_CONF: `${INSIDE.scratch}/storage.conf` };
}

/** Makes the folders and files that the build tool expects in its scratch space. */
export function prepareCommand(bases: ReadyBase[]): string[] {
  const { scratch, builderStore } = INSIDE;
  const stores = bases.map((_base, index) => baseStore(index));
  const lent = stores.filter((_store, index) => bases[index]?.bare !== true);
  const copied = bases.filter(({ bare }) => bare).map(({ name }) => name);
  // Of a stage that is only a base image buildah 1.28 removes the image in the end, which in a read-only store is an
  // error: such an image is copied into the build's own store.
  const script = `mkdir -p ${scratch}/home ${scratch}/tmp; conf=$1; all=$2; shift 2
printf '%s' "$all" > ${scratch}/storage.conf
for name in "$@"; do buildah push --quiet "$name" "oci:${scratch}/copy:$name"; done
printf '%s' "$conf" > ${scratch}/storage.conf
for name in "$@"; do buildah tag "$(buildah pull --quiet "oci:${scratch}/copy:$name")" "$name"; done
rm -rf ${scratch}/copy`;
  const withAll = storageConf([builderStore, ...stores]);
  return ['sh', '-ec', script, 'sh', storageConf([builderStore, ...lent]), withAll, ...copied];
}

/** The build itself, leaving an OCI layout in the output folder. */
export function buildCommand(subject: Subject, hasInputs: boolean, bases: ReadyBase[]): string[] {
  const { recipe } = subject;
  if (recipe.kind === 'command') {
    // A command may write what it likes; its output stays within the scratch limit until it is known to be small enough.
    return [
      'sh',
      '-ec',
      `cd ${INSIDE.source}; mkdir -p "$OUTPUT"; "$@"; cp -R "$OUTPUT" ${INSIDE.output}/${LAYOUT_NAME}`,
      'sh',
      ...recipe.command,
    ];
  }
  const inContext = relative(recipe.context, recipe.containerfile);
  const containerfile = inContext.startsWith('..') ? INSIDE.recipe : `${INSIDE.source}/${inContext}`;
  const epoch = String(subject.sourceDateEpoch);
  return [
    'buildah',
    'bud',
    '--isolation=chroot',
    // The whole container has no network; sharing its (empty) namespace lets refused attempts be counted there.
    '--network=host',
    '--pull-never',
    '--layers=false',
    '--format=oci',
    `--platform=${subject.platform.os}/${subject.platform.architecture}`,
    ...(recipe.timestamps === 'rewrite' ? [`--timestamp=${epoch}`] : []),
    `--build-arg=SOURCE_DATE_EPOCH=${epoch}`,
    ...Object.entries(recipe.buildArgs).map(([key, value]) => `--build-arg=${key}=${value}`),
    ...(recipe.target === undefined ? [] : [`--target=${recipe.target}`]),
    ...bases
      .filter(({ written, name }) => written !== name)
      .map(({ written, name }) => `--build-context=${written}=container-image://${name}`),
    ...(hasInputs ? [`--volume=${INSIDE.inputs}:${INSIDE.deps}:ro`] : []),
    `--file=${containerfile}`,
    `--tag=oci:${INSIDE.output}/${LAYOUT_NAME}`,
    INSIDE.source,
  ];
}

/**
 * Runs a command with its output in a file of at most `limit` bytes. What comes after is read and counted, not kept,
 * so that neither the disk fills nor the build breaks. Exits as the command did.
 */
export function loggedCommand(command: string[], limit: number): string[] {
  const { output, scratch } = INSIDE;
  const script = `limit=$1; shift
{ { "$@"; echo $? > ${scratch}/status; } < /dev/null 2>&1 | {
  head -c "$limit" > ${output}/${LOG_NAME}; wc -c > ${scratch}/dropped; }; }
exit "$(cat ${scratch}/status)"`;
  return ['sh', '-c', script, 'sh', String(limit), ...command];
}

/** Facts about how a build ended, as `key value` lines; see `parseFacts`. */
export function factsCommand(): string[] {
  const { scratch, output } = INSIDE;
  const script = `echo "dropped $(cat ${scratch}/dropped 2>/dev/null || echo 0)"
echo "scratch $(df --output=pcent ${scratch} | tail -n 1 | tr -dc 0-9)"
for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  [ -r $f ] && grep '^oom_kill ' $f
done
awk '$1 == "Ip:" || $1 == "Udp:" {
  if (!($1 in head)) head[$1] = $0
  else { split(head[$1], k); for (i = 2; i <= NF; i++) if (k[i] == "OutNoRoutes" || k[i] == "NoPorts") print "net " $i } }' /proc/net/snmp
awk '$1 == "Ip6OutNoRoutes" || $1 == "Udp6NoPorts" { print "net " $2 }' /proc/net/snmp6 2>/dev/null
chown -R "$1:$2" ${output}
exit 0`;
  const { getuid, getgid } = process;
  return ['sh', '-c', script, 'sh', String(getuid?.() ?? 0), String(getgid?.() ?? 0)];
}

export interface Facts {
  logDropped: number;
  /** Percent of the scratch space that is in use. */
  scratchUsed: number;
  /** Processes that the kernel killed for want of memory. */
  outOfMemory: number;
  /** Packets without a route, and datagrams to closed ports (a resolver on loopback). */
  networkAttempts: number;
}

export function parseFacts(text: string): Facts {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [key, value] = line.trim().split(/\s+/);
    if (key !== undefined && value !== undefined) sums.set(key, (sums.get(key) ?? 0) + (Number(value) || 0));
  }
  return {
    logDropped: sums.get('dropped') ?? 0,
    scratchUsed: sums.get('scratch') ?? 0,
    outOfMemory: sums.get('oom_kill') ?? 0,
    networkAttempts: sums.get('net') ?? 0,
  };
}
