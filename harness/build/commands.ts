import { relative } from 'node:path';
import type { Subject } from '../catalog/types.ts';
import { clockVariables, prepareRuntime, runtimePath } from './environment/runtime.ts';
import type { Settings } from './environment/types.ts';
import type { ReadyBase } from './types.ts';

/** Where things are inside a build's container. The names are the field's own (Hermeto, buildah), not the harness's. */
interface Places {
  source: string;
  recipe: string;
  scratch: string;
  inputs: string;
  output: string;
  builderStore: string;
  locale: string;
  /** Where Konflux mounts what Hermeto fetched, for RUN instructions. */
  deps: string;
}

/** @param root what the build path begins with; empty unless it is varied */
export const placesIn = (root: string): Places => ({
  source: `${root}/source`,
  recipe: `${root}/recipe`,
  scratch: `${root}/scratch`,
  inputs: '/inputs',
  output: OUTPUT,
  builderStore: '/builder-store',
  locale: '/locale',
  deps: '/cachi2/output/deps',
});

const OUTPUT = '/output';

export const LOG_NAME = 'build.log';
export const LAYOUT_NAME = 'image';

/** Where the store of the n-th base image is. */
export const baseStore = (index: number): string => `/base-store-${index}`;

const storageConf = ({ scratch }: Places, stores: string[]): string => `[storage]
driver = "overlay"
runroot = "${scratch}/runroot"
graphroot = "${scratch}/store"
[storage.options]
additionalimagestores = [${stores.map((store) => `"${store}"`).join(', ')}]
`;

/** Environment of the build tool itself; buildah hands none of it on to RUN instructions. */
export function toolEnvironment(subject: Subject, { root }: Pick<Settings, 'root'>): Record<string, string> {
  const { scratch } = placesIn(root);
  const common = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: `${scratch}/home`,
    TMPDIR: `${scratch}/tmp`,
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    SOURCE_DATE_EPOCH: String(subject.sourceDateEpoch),
  };
  const { recipe } = subject;
  return recipe.kind === 'command'
    ? { ...common, OUTPUT: `${scratch}/${LAYOUT_NAME}`, ...recipe.environment }
    : { ...common, CONTAINERS_STORAGE_CONF: `${scratch}/storage.conf` };
}

/** Commands that make the folders and files which the build tool expects in its scratch space. */
export function prepareCommands(settings: Settings, bases: ReadyBase[]): string[][] {
  const places = placesIn(settings.root);
  const { scratch, locale } = places;
  const prepare = prepareStores(places, bases);
  const own = [settings.home, settings.temporary].flatMap((name) => name ?? []);
  const folders = ['home', 'tmp', ...own].map((name) => `${scratch}/${name}`);
  const commands = [['mkdir', '-p', ...folders], prepare];
  return settings.runtime ? [...commands, prepareRuntime(scratch, settings, locale)] : commands;
}

function prepareStores(places: Places, bases: ReadyBase[]): string[] {
  const { scratch, builderStore } = places;
  const stores = bases.map((_base, index) => baseStore(index));
  const lent = stores.filter((_store, index) => bases[index]?.bare !== true);
  const copied = bases.filter(({ bare }) => bare).map(({ name }) => name);
  // Of a stage that is only a base image buildah 1.28 removes the image in the end, which in a read-only store is an
  // error: such an image is copied into the build's own store.
  const script = `conf=$1; all=$2; shift 2
printf '%s' "$all" > ${scratch}/storage.conf
for name in "$@"; do buildah push --quiet "$name" "oci:${scratch}/copy:$name"; done
printf '%s' "$conf" > ${scratch}/storage.conf
for name in "$@"; do buildah tag "$(buildah pull --quiet "oci:${scratch}/copy:$name")" "$name"; done
rm -rf ${scratch}/copy`;
  const conf = storageConf(places, [builderStore, ...lent]);
  return ['sh', '-ec', script, 'sh', conf, storageConf(places, [builderStore, ...stores]), ...copied];
}

/** What a build is given. */
interface Given {
  hasInputs: boolean;
  bases: ReadyBase[];
}

/** The build itself, leaving an OCI layout in the output folder. */
export function buildCommand(subject: Subject, settings: Settings, given: Given): string[] {
  const { recipe } = subject;
  const command =
    recipe.kind === 'command'
      ? commandRecipe(recipe, settings)
      : buildahCommand({ ...subject, recipe }, settings, given);
  const { cpus, personality } = settings;
  return [
    ...(cpus === null ? [] : ['taskset', '--cpu-list', cpus]),
    ...(personality.length === 0 ? [] : ['setarch', ...personality, '--']),
    ...command,
  ];
}

type Recipe<Kind extends Subject['recipe']['kind']> = Extract<Subject['recipe'], { kind: Kind }>;

function commandRecipe(recipe: Recipe<'command'>, settings: Settings): string[] {
  const { source } = placesIn(settings.root);
  const { umask, pathEntry } = settings;
  const variables = Object.entries(commandVariables(settings)).filter(
    ([name]) => !(name in recipe.environment),
  );
  // A command may write what it likes; its output stays within the scratch limit until it is known to be small enough.
  const script = `cd ${source}; mkdir -p "$OUTPUT"
(${umask === null ? '' : `umask ${umask.toString(8)}; `}${pathEntry === null ? '' : `PATH=$PATH:${pathEntry}; `}exec "$@")
cp -R "$OUTPUT" ${OUTPUT}/${LAYOUT_NAME}`;
  return [
    'sh',
    '-ec',
    script,
    'sh',
    ...(variables.length === 0 ? [] : ['env', ...variables.map(([name, value]) => `${name}=${value}`)]),
    ...recipe.command,
  ];
}

function commandVariables(settings: Settings): Record<string, string> {
  const { scratch, locale: localesInside } = placesIn(settings.root);
  const { home, temporary, locale, clock } = settings;
  return {
    ...settings.variables,
    ...(home === null ? {} : { HOME: `${scratch}/${home}` }),
    ...(temporary === null ? {} : { TMPDIR: `${scratch}/${temporary}` }),
    ...(locale === null ? {} : { LC_ALL: locale.name, LOCPATH: localesInside }),
    ...(clock === null ? {} : clockVariables(clock.library, clock.ahead)),
  };
}

/** RUN instructions go through our runtime; where the builder cannot, through buildah's own chroot isolation. */
const isolation = ({ runtime, root }: Settings): string[] =>
  runtime
    ? [
        '--isolation=oci',
        `--runtime=${runtimePath(placesIn(root).scratch)}`,
        // As in chroot isolation: process ids and control groups are those of the build's container.
        '--pid=host',
        '--ipc=host',
        '--cgroupns=host',
      ]
    : ['--isolation=chroot', '--uts=host'];

function buildahCommand(
  { recipe, platform, sourceDateEpoch }: Omit<Subject, 'recipe'> & { recipe: Recipe<'containerfile'> },
  settings: Settings,
  { hasInputs, bases }: Given,
): string[] {
  const places = placesIn(settings.root);
  const inContext = relative(recipe.context, recipe.containerfile);
  const containerfile = inContext.startsWith('..') ? places.recipe : `${places.source}/${inContext}`;
  const epoch = String(sourceDateEpoch);
  return [
    'buildah',
    'bud',
    ...isolation(settings),
    // The whole container has no network; sharing its (empty) namespace lets refused attempts be counted there.
    '--network=host',
    '--pull-never',
    '--layers=false',
    '--format=oci',
    `--platform=${platform.os}/${platform.architecture}`,
    ...(recipe.timestamps === 'rewrite' ? [`--timestamp=${epoch}`] : []),
    `--build-arg=SOURCE_DATE_EPOCH=${epoch}`,
    ...Object.entries(recipe.buildArgs).map(([key, value]) => `--build-arg=${key}=${value}`),
    ...(recipe.target === undefined ? [] : [`--target=${recipe.target}`]),
    ...bases
      .filter(({ written, name }) => written !== name)
      .map(({ written, name }) => `--build-context=${written}=container-image://${name}`),
    ...(hasInputs ? [`--volume=${places.inputs}:${places.deps}:ro`] : []),
    `--file=${containerfile}`,
    `--tag=oci:${OUTPUT}/${LAYOUT_NAME}`,
    places.source,
  ];
}

/**
 * Runs a command with its output in a file of at most `limit` bytes. What comes after is read and counted, not kept,
 * so that neither the disk fills nor the build breaks. Exits as the command did.
 */
export function loggedCommand(command: string[], { limit, root }: { limit: number; root: string }): string[] {
  const { output, scratch } = placesIn(root);
  const script = `limit=$1; shift
{ { "$@"; echo $? > ${scratch}/status; } < /dev/null 2>&1 | {
  head -c "$limit" > ${output}/${LOG_NAME}; wc -c > ${scratch}/dropped; }; }
exit "$(cat ${scratch}/status)"`;
  return ['sh', '-c', script, 'sh', String(limit), ...command];
}

/** Facts about how a build ended, as `key value` lines; see `parseFacts`. */
export function factsCommand({ root }: Pick<Settings, 'root'>): string[] {
  const { scratch, output } = placesIn(root);
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
