import type { Subject } from '../catalog/types.ts';
import { type Given, buildahCommands } from './buildah.ts';
import { clockVariables } from './environment/runtime.ts';
import type { Settings } from './environment/types.ts';
import { inNamespace, isNested } from './nested.ts';
import { LAYOUT_NAME, OUTPUT, placesIn, shellCommand } from './places.ts';

/** The build itself, leaving an OCI layout in the output folder. */
export function buildCommand(subject: Subject, settings: Settings, given: Given): string[] {
  const { recipe } = subject;
  const { scratch } = placesIn(settings.root);
  const command =
    recipe.kind === 'command'
      ? commandRecipe(recipe, settings)
      : inContext(buildahCommands({ ...subject, recipe }, settings, given), settings);
  const { cpus, personality } = settings;
  const whole = [
    ...(cpus === null ? [] : ['taskset', '--cpu-list', cpus]),
    ...(personality.length === 0 ? [] : ['setarch', ...personality, '--']),
    ...command,
  ];
  return isNested(subject) ? inNamespace(scratch, whole) : whole;
}

const inContext = (commands: string[][], { root }: Settings): string[] => [
  'sh',
  '-ec',
  [`cd ${placesIn(root).context}`, ...commands.map((command) => shellCommand(command))].join('\n'),
];

type CommandRecipe = Extract<Subject['recipe'], { kind: 'command' }>;

function commandRecipe(recipe: CommandRecipe, settings: Settings): string[] {
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
