import type { Subject } from '../catalog/types.ts';
import { prepareContext } from './context.ts';
import { prepareRuntime } from './environment/runtime.ts';
import type { Settings } from './environment/types.ts';
import { inNamespace, isNested, makeNamespace } from './nested.ts';
import { LAYOUT_NAME, OUTPUT, type Places, baseStore, placesIn } from './places.ts';
import type { ReadyBase } from './types.ts';

/** Environment of the build tool itself; buildah hands none of it on to RUN instructions. */
export function toolEnvironment(subject: Subject, { root }: Pick<Settings, 'root'>): Record<string, string> {
  const { scratch } = placesIn(root);
  const common = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: `${scratch}/home`,
    TMPDIR: `${scratch}/tmp`,
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
  };
  const { recipe } = subject;
  // Newer buildah takes SOURCE_DATE_EPOCH for an option, which it refuses beside --timestamp.
  return recipe.kind === 'command'
    ? {
        ...common,
        SOURCE_DATE_EPOCH: String(subject.sourceDateEpoch),
        OUTPUT: `${scratch}/${LAYOUT_NAME}`,
        ...recipe.environment,
      }
    : { ...common, CONTAINERS_STORAGE_CONF: `${scratch}/storage.conf` };
}

interface Given {
  bases: ReadyBase[];
  /** PEM of who answers for locked downloads; null without. */
  trust: string | null;
}

/** Commands that make what the build tool expects in its scratch space. */
export function prepareCommands(subject: Subject, settings: Settings, { bases, trust }: Given): string[][] {
  const { scratch, locale, source, context } = placesIn(settings.root);
  const nested = isNested(subject);
  const own = [settings.home, settings.temporary].flatMap((name) => name ?? []);
  const folders = ['home', 'tmp', ...own].map((name) => `${scratch}/${name}`);
  const given = { nested, context, locales: locale, trust };
  const stores = prepareStores(placesIn(settings.root), bases);
  return [
    ['mkdir', '-p', ...folders],
    ...(settings.runtime ? [prepareRuntime(scratch, settings, given)] : []),
    ...(subject.recipe.kind === 'containerfile' ? [prepareContext(source, scratch, { copied: nested })] : []),
    ...(nested ? [makeNamespace(scratch, [scratch, OUTPUT, '/run', '/tmp', '/var/tmp'])] : []),
    nested ? inNamespace(scratch, stores) : stores,
  ];
}

const storageConf = ({ scratch }: Places, stores: string[]): string => `[storage]
driver = "overlay"
runroot = "${scratch}/runroot"
graphroot = "${scratch}/store"
[storage.options]
additionalimagestores = [${stores.map((store) => `"${store}"`).join(', ')}]
`;

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
