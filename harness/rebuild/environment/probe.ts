import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, type RunningContainer, idle } from '../../engine/port.ts';
import { cacheFolder } from '../../engine/folders.ts';
import { withLock } from '../../engine/lock.ts';
import type { Owner } from '../../engine/owner.ts';
import { BUILD_CAPABILITIES } from '../capabilities.ts';
import { BUILDAH_OPTIONS } from '../buildah-options.ts';
import { programInputs } from '../programs.ts';
import type { ReadyBuilder } from '../types.ts';
import { LOCALES } from './variations/locale.ts';
import { ENOUGH_GROUPS } from './variations/user.ts';
import { prepareRuntime } from './runtime.ts';
import { usualSettings } from './environments.ts';
import { FUSE, confinement } from './rights.ts';
import type { BuildHost } from './types.ts';

/** Bytes that the probe may use, and by which it tells whether anybody sees to that. */
const MEMORY = 512 * 1024 ** 2;
const MIB = 1024 ** 2;

/** Says what works, one `key value` line each, by doing it. */
const SCRIPT = `
echo "cpus $(awk '$1 == "Cpus_allowed_list:" { print $2 }' /proc/self/status)"
echo "kernel $(uname -r)"
for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
  [ ! -r "$file" ] || echo "memory $(cat "$file")"
done
echo "groups $(awk '{ sum += $3 } END { printf "%.0f", sum }' /proc/self/gid_map)"
setarch --addr-no-randomize true 2> /dev/null && echo 'fixed yes'
old=$(setarch --uname-2.6 uname -r 2> /dev/null) && echo "old $old"
for library in /usr/lib/*/faketime/libfaketime.so.1 /usr/lib64/faketime/libfaketime.so.1; do
  [ ! -e "$library" ] || echo "faketime $library"
done
mkdir -p /scratch/plain /scratch/ordered-probe
disorderfs --quiet --multi-user=yes /scratch/plain /scratch/ordered-probe > /dev/null 2>&1 < /dev/null \\
  && umount /scratch/ordered-probe && command -v nsenter > /dev/null && echo 'disorder yes'
for tool in crun taskset setarch; do
  command -v $tool > /dev/null || echo "runtime the builder has no $tool"
done
help=$(buildah bud --help 2> /dev/null)
for option in ${BUILDAH_OPTIONS.join(' ')}; do
  case $help in *" --$option "*) options="\${options-} $option" ;; esac
done
echo "buildah \${options-}"
mkdir -p /scratch/bundle/root && mount --bind / /scratch/bundle/root
# What is built can be written to. This is the builder, read-only, and podman gives it no files about names and addresses.
mount -t tmpfs -o size=1m tmpfs /scratch/bundle/root/etc
printf '%s' "$1" > /scratch/bundle/config.json
cd /scratch/bundle
if /scratch/runtime create --bundle /scratch/bundle probe > /scratch/probe.log 2>&1 < /dev/null; then
  /scratch/runtime delete --force probe > /dev/null 2>&1
else echo "runtime crun: $(tail -n 1 /scratch/probe.log)"; fi
exit 0`;

/** The smallest container that has all kinds of mounts that a RUN instruction gets (runtime-spec, config.json). */
const BUNDLE = JSON.stringify({
  ociVersion: '1.0.2',
  process: { user: { uid: 0, gid: 0 }, args: ['true'], env: ['PATH=/usr/bin:/bin'], cwd: '/' },
  root: { path: 'root', readonly: true },
  hostname: 'probe',
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
    { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance', 'ptmxmode=0666'] },
    { destination: '/sys', type: 'sysfs', source: 'sysfs' },
  ],
  linux: { namespaces: [{ type: 'uts' }, { type: 'mount' }] },
});

type ProbedBuilder = Pick<ReadyBuilder, 'digest' | 'image'>;

/** Finds out what variations can be applied in builds with this builder on this engine. */
export async function probeMachine(engine: Engine, owner: Owner, builder: ProbedBuilder): Promise<BuildHost> {
  const folder = join(cacheFolder(), 'locales', builder.digest.replace('sha256:', '').slice(0, 24));
  await using container = await engine.run(owner, {
    image: builder.image,
    command: idle(300),
    inputs: await programInputs(owner),
    scratch: {
      '/scratch': { executable: true, privileged: true, size: 64 * MIB },
      '/tmp': { executable: true, size: 64 * MIB },
      '/run': { size: 16 * MIB },
    },
    capabilities: BUILD_CAPABILITIES,
    devices: FUSE,
    limits: { memory: MEMORY, processes: 256 },
    ...confinement({ mayMount: true }),
  });
  const locales = await withLock('locales', owner, () => ensureLocales(engine, owner, { builder, folder }));
  return { ...(await ask(container)), locales };
}

async function ask(container: RunningContainer): Promise<Omit<BuildHost, 'locales'>> {
  const nothing: BuildHost = {
    cpus: [],
    noRuntime: null,
    fixedAddresses: false,
    kernel: '',
    oldKernel: null,
    faketime: null,
    disorder: false,
    locales: null,
    buildah: [],
  };
  const given = { nested: false, context: '/scratch', locales: '', trust: null, variables: {} };
  await container.exec(prepareRuntime('/scratch', usualSettings(nothing), given));
  const { stdout } = await container.exec(['sh', '-c', SCRIPT, 'sh', BUNDLE]);
  return parseAnswers(stdout);
}

/** What the script said; what it did not say does not work. */
export function parseAnswers(text: string): Omit<BuildHost, 'locales'> {
  const answers = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
    // The first reason is the one that tells.
    if (!answers.has(key)) answers.set(key, value.slice(0, 200));
  }
  const limit = answers.get('memory');
  return {
    cpus: parseCpuList(answers.get('cpus') ?? ''),
    noRuntime: answers.get('runtime') ?? null,
    fixedAddresses: answers.has('fixed'),
    kernel: answers.get('kernel') ?? '',
    oldKernel: answers.get('old') ?? null,
    faketime: answers.get('faketime') ?? null,
    disorder: answers.has('disorder'),
    buildah: BUILDAH_OPTIONS.filter((option) => (answers.get('buildah') ?? '').split(' ').includes(option)),
    ...(limit === undefined || limit === String(MEMORY) ? {} : { unlimitedMemory: true }),
    ...(Number(answers.get('groups') ?? Infinity) < ENOUGH_GROUPS ? { fewGroups: true } : {}),
  };
}

/** `0-2,5` (cpuset(7), "List format"). */
function parseCpuList(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (from === undefined) return [];
    const count = Number(to) - Number(from) + 1;
    return Array.from({ length: Math.max(count, 0) }, (_, index) => Number(from) + index);
  });
}

/** Locales made from the builder's own sources, once; the same builder makes the same ones. */
async function ensureLocales(
  engine: Engine,
  owner: Owner,
  { builder, folder }: { builder: ProbedBuilder; folder: string },
): Promise<BuildHost['locales']> {
  if (!existsSync(folder)) {
    const part = `${folder}.part`;
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    await makeLocales(engine, owner, { builder, folder: part });
    await rename(part, folder);
  }
  const names = await readdir(folder);
  return names.length === 0 ? null : { folder, names };
}

async function makeLocales(
  engine: Engine,
  owner: Owner,
  { builder, folder }: { builder: ProbedBuilder; folder: string },
): Promise<void> {
  await using container = await engine.run(owner, {
    image: builder.image,
    command: idle(120),
    outputs: [{ to: folder, at: '/locales' }],
    scratch: { '/tmp': { size: 64 * MIB } },
    capabilities: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'],
    environment: { LC_ALL: 'C' },
    limits: { memory: 512 * MIB, processes: 64 },
  });
  const script = `cd /locales
[ ! -d /usr/lib/locale/C.utf8 ] || cp -R /usr/lib/locale/C.utf8 ${LOCALES[0]}
localedef --no-archive -i et_EE -f UTF-8 "./${LOCALES[1]}" > /dev/null 2>&1 || rm -rf "./${LOCALES[1]}"
chmod -R a+rX .; chown -R "$1:$2" .`;
  const { getuid, getgid } = process;
  await container.exec(['sh', '-c', script, 'sh', String(getuid?.() ?? 0), String(getgid?.() ?? 0)]);
}
