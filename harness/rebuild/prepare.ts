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
  // Newer buildah takes SOURCE_DATE_EPOCH for an option, which it refuses beside --timestamp. What it adds from a URL it
  // fetches itself, so it must trust who answers.
  return recipe.kind === 'command'
    ? {
        ...common,
        SOURCE_DATE_EPOCH: String(subject.sourceDateEpoch),
        OUTPUT: `${scratch}/${LAYOUT_NAME}`,
        ...recipe.environment,
      }
    : {
        ...common,
        CONTAINERS_STORAGE_CONF: `${scratch}/storage.conf`,
        SSL_CERT_FILE: `${scratch}/${CERTIFICATES}`,
      };
}

const CERTIFICATES = 'certificates.pem';

interface Given {
  bases: ReadyBase[];
  /** PEM of who answers for locked downloads; null without. */
  trust: string | null;
  /** What comes before the build tool's own. */
  prepare: string[][];
  /** Variables of RUN instructions, besides what is varied. */
  variables: Record<string, string>;
}

/** Commands that make what the build tool expects in its scratch space. */
export function prepareCommands(subject: Subject, settings: Settings, given: Given): string[][] {
  const { scratch, locale, source, context } = placesIn(settings.root);
  const nested = isNested(subject);
  const own = [settings.home, settings.temporary].flatMap((name) => name ?? []);
  const folders = ['home', 'tmp', ...own].map((name) => `${scratch}/${name}`);
  const { trust, variables } = given;
  const forRuntime = { nested, context, locales: locale, trust, variables };
  const stores = prepareStores(placesIn(settings.root), given.bases);
  return [
    ['mkdir', '-p', ...folders],
    ['sh', '-ec', `printf '%s' "$1" > ${scratch}/${CERTIFICATES}`, 'sh', trust ?? ''],
    ...(settings.runtime ? [prepareRuntime(scratch, settings, forRuntime)] : []),
    ...(subject.recipe.kind === 'containerfile' ? [prepareContext(source, scratch, { copied: nested })] : []),
    ...given.prepare,
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
