import type { Recipe } from '../../catalog/types.ts';
import { aslr } from './axes/aslr.ts';
import { buildPath } from './axes/build-path.ts';
import { clock } from './axes/clock.ts';
import { cpus } from './axes/cpus.ts';
import { directoryOrder } from './axes/directory-order.ts';
import { environment } from './axes/environment.ts';
import { home } from './axes/home.ts';
import { hostname } from './axes/hostname.ts';
import { kernel } from './axes/kernel.ts';
import { locale } from './axes/locale.ts';
import { memory } from './axes/memory.ts';
import { order } from './axes/order.ts';
import { path } from './axes/path.ts';
import { terminal } from './axes/terminal.ts';
import { timezone } from './axes/timezone.ts';
import { tmpdir } from './axes/tmpdir.ts';
import { umask } from './axes/umask.ts';
import { user } from './axes/user.ts';
import type { AxisSpec, Machine, Settings, TwinEnvironment } from './types.ts';
import { VARIATIONS, type Variation } from '../../model/variations.ts';

const SPECS: Record<Variation, AxisSpec> = {
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
export function usualSettings(machine: Machine): Settings {
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
  axes: readonly Variation[];
  seed: number;
  machine: Machine;
  recipe: Recipe['kind'];
  memory: number;
}

/** In what one twin of a subject is built; its name and index decide how it differs from the others. */
export function environmentOf(
  twin: { name: string; index: number },
  { axes, ...place }: Request,
): TwinEnvironment {
  const settings = usualSettings(place.machine);
  const record: TwinEnvironment['record'] = { twin: twin.name, axes: [] };
  for (const axis of VARIATIONS.filter((known) => axes.includes(known))) {
    const choice = SPECS[axis]({ ...twin, ...place });
    if ('notApplied' in choice) {
      record.axes.push({ axis, value: '', planted: [], notApplied: choice.notApplied });
      continue;
    }
    record.axes.push({ axis, value: choice.value, planted: choice.planted });
    merge(settings, axis, choice.settings);
  }
  return { record, settings };
}

function merge(settings: Settings, axis: Variation, more: Partial<Settings>): void {
  const variables = { ...settings.variables, ...more.variables };
  const personality =
    axis === 'kernel' ? [...settings.personality, ...(more.personality ?? [])] : more.personality;
  Object.assign(settings, more, { variables, personality: personality ?? settings.personality });
}

/** Axes by name with what each twin got, for the key of a cell; those that could not be applied are not in it. */
export function variationsOf(
  environments: readonly Pick<TwinEnvironment, 'record'>[],
): Record<string, string[]> {
  const applied = environments
    .flatMap(({ record }) => record.axes)
    .filter((axis) => axis.notApplied === undefined);
  return Object.fromEntries(
    Object.entries(Object.groupBy(applied, ({ axis }) => axis)).map(([axis, values]) => [
      axis,
      values.map(({ value }) => value),
    ]),
  );
}
