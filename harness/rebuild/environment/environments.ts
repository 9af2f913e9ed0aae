import type { Recipe } from '../../catalog/types.ts';
import { aslr } from './variations/aslr.ts';
import { buildPath } from './variations/build-path.ts';
import { clock } from './variations/clock.ts';
import { cpus } from './variations/cpus.ts';
import { directoryOrder } from './variations/directory-order.ts';
import { environment } from './variations/environment.ts';
import { home } from './variations/home.ts';
import { hostname } from './variations/hostname.ts';
import { kernel } from './variations/kernel.ts';
import { locale } from './variations/locale.ts';
import { memory } from './variations/memory.ts';
import { order } from './variations/order.ts';
import { path } from './variations/path.ts';
import { terminal } from './variations/terminal.ts';
import { timezone } from './variations/timezone.ts';
import { tmpdir } from './variations/tmpdir.ts';
import { umask } from './variations/umask.ts';
import { user } from './variations/user.ts';
import type { VariationSpec, BuildHost, Settings, TwinEnvironment } from './types.ts';
import { VARIATIONS, type Variation } from '../../model/variations.ts';

const SPECS: Record<Variation, VariationSpec> = {
  clock,
  hostname,
  timezone,
  locale,
  umask,
  home,
  user,
  cpus,
  aslr,
  kernel,
  'directory-order': directoryOrder,
  'build-path': buildPath,
  path,
  environment,
  tmpdir,
  terminal,
  memory,
  order,
};

const FIXED_ADDRESSES = ['--addr-no-randomize'];

/** What every build has of which nothing is varied. */
export function usualSettings(machine: BuildHost): Settings {
  return {
    runtime: machine.noRuntime === null,
    buildah: machine.buildah,
    hostname: 'build',
    cpus: null,
    extraMemory: 0,
    umask: null,
    variables: {},
    pathEntry: null,
    home: null,
    temporary: null,
    groups: [],
    // Where addresses cannot be fixed they are left to chance, and what depends on them differs by itself.
    personality: machine.fixedAddresses ? FIXED_ADDRESSES : [],
    clock: null,
    locale: null,
    reversedDirectories: false,
    root: '',
    delay: 0,
  };
}

interface Request {
  variations: readonly Variation[];
  seed: number;
  machine: BuildHost;
  recipe: Recipe['kind'];
  memory: number;
}

/** In what one twin of a subject is built; its name and index decide how it differs from the others. */
export function environmentOf(
  twin: { name: string; index: number },
  { variations, ...place }: Request,
): TwinEnvironment {
  const settings = usualSettings(place.machine);
  const record: TwinEnvironment['record'] = { twin: twin.name, variations: [] };
  for (const variation of VARIATIONS.filter((known) => variations.includes(known))) {
    const choice = SPECS[variation]({ ...twin, ...place });
    if ('notApplied' in choice) {
      record.variations.push({ variation, value: '', markers: [], notApplied: choice.notApplied });
      continue;
    }
    record.variations.push({ variation, value: choice.value, markers: choice.markers });
    merge(settings, variation, choice.settings);
  }
  return { record, settings };
}

function merge(settings: Settings, variation: Variation, more: Partial<Settings>): void {
  const variables = { ...settings.variables, ...more.variables };
  const personality =
    variation === 'kernel' ? [...settings.personality, ...(more.personality ?? [])] : more.personality;
  Object.assign(settings, more, { variables, personality: personality ?? settings.personality });
}

/** Variations by name with what each twin got, for the key of a cell; those that could not be applied are not in it. */
export function variationsOf(
  environments: readonly Pick<TwinEnvironment, 'record'>[],
): Record<string, string[]> {
  const applied = environments
    .flatMap(({ record }) => record.variations)
    .filter((variation) => variation.notApplied === undefined);
  return Object.fromEntries(
    Object.entries(Object.groupBy(applied, ({ variation }) => variation)).map(([variation, values]) => [
      variation,
      values.map(({ value }) => value),
    ]),
  );
}
