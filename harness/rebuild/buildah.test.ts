import { describe, expect, test } from 'vitest';
import type { Subject } from '../catalog/types.ts';
import { buildahCommands } from './buildah.ts';
import type { BuildahOption } from './buildah-options.ts';
import { usualSettings } from './environment/environments.ts';
import { ableMachine, poorMachine } from '../testing/rebuild/environment/machine.ts';

type Recipe = Extract<Subject['recipe'], { kind: 'containerfile' }>;

const recipe: Recipe = {
  kind: 'containerfile',
  containerfile: '/c/Containerfile',
  context: '/c',
  buildArgs: { A: 'b c' },
  timestamps: 'rewrite',
  history: 'keep',
  privileges: 'default',
};

const subject = {
  id: 'x/default@linux/amd64',
  image: 'x',
  variant: 'default',
  platform: { os: 'linux', architecture: 'amd64' },
  lock: null,
  builder: { kind: 'definition' as const, path: '/b', place: null },
  claims: {},
  sourceDateEpoch: 1767225600,
  limits: { memory: 1, processes: 1, time: 1, scratch: 1, log: 1 },
  smoke: null,
  place: null,
};

const usual = usualSettings(ableMachine);
const plain = { volumes: [] as string[], bases: [], unnamedStages: null };
const having = (...buildah: BuildahOption[]): typeof usual => ({ ...usual, buildah });
const commands = (
  more: Partial<Recipe>,
  settings = usual,
  given: Partial<typeof plain> | object = {},
): string[][] =>
  buildahCommands({ ...subject, recipe: { ...recipe, ...more } }, settings, { ...plain, ...given });
const words = (...asked: Parameters<typeof commands>): string[] => commands(...asked).at(-1) ?? [];

describe('times', () => {
  test('are all set by an older buildah, or stay as the build made them', () => {
    expect(words({})).toContain('--timestamp=1767225600');
    expect(words({ timestamps: 'keep' }).join(' ')).not.toContain('--timestamp');
    expect(words({ timestamps: 'keep' })).toContain('--build-arg=SOURCE_DATE_EPOCH=1767225600');
  });

  test('are dated and rewritten by a newer one, as Konflux does it, which refuses --timestamp beside that', () => {
    const newer = having('source-date-epoch', 'rewrite-timestamp');
    expect(words({}, newer)).toEqual(
      expect.arrayContaining(['--source-date-epoch=1767225600', '--rewrite-timestamp']),
    );
    expect(words({}, newer).join(' ')).not.toContain('--timestamp=');
    expect(words({ timestamps: 'keep' }, newer)).toContain('--source-date-epoch=1767225600');
    expect(words({ timestamps: 'keep' }, newer)).not.toContain('--rewrite-timestamp');
  });
});

test('history is left out where the recipe says so, and never silently kept', () => {
  expect(words({ history: 'omit' }, having('omit-history'))).toContain('--omit-history');
  expect(words({}, having('omit-history'))).not.toContain('--omit-history');
  expect(() => words({ history: 'omit' }, having())).toThrow(/no --omit-history/);
});

test('build arguments are one word each', () => {
  expect(words({})).toContain('--build-arg=A=b c');
});

test('what was fetched is mounted for RUN', () => {
  expect(words({}, usual, { volumes: ['/a:/b:ro'] })).toContain('--volume=/a:/b:ro');
});

test('what stands for images that are written by digest or by a short name is said', () => {
  const base = { digest: 'sha256:00', store: 'volume', bare: false };
  const written = { ...base, written: 'x.example/a@sha256:00', name: 'x.example/a:sha256-00' };
  const full = { ...base, written: 'x.example/b:1', name: 'x.example/b:1' };
  const contexts = words({}, usual, { bases: [written, full] }).filter((word) =>
    word.startsWith('--build-context='),
  );
  expect(contexts).toEqual(['--build-context=x.example/a@sha256:00=container-image://x.example/a:sha256-00']);
});

describe('stages that write the archive another begins with', () => {
  const given = { unnamedStages: ['builder', '1'] };
  const targets = (all: string[][]): string[] =>
    all.map((command) => command.find((word) => word.startsWith('--target='))?.slice(9) ?? 'all');

  test('are built before, each by a command of its own, where buildah leaves out what nothing names', () => {
    expect(targets(commands({}, having(), given))).toEqual(['builder', '1', 'all']);
    expect(commands({}, having(), given)[0]?.some((word) => word.startsWith('--tag='))).toBe(false);
  });

  test('are not left out where buildah has the option', () => {
    const reported = commands({}, having('skip-unused-stages'), given);
    expect(reported).toHaveLength(1);
    expect(reported[0]).toContain('--skip-unused-stages=false');
  });

  test('are none of a usual recipe, whose unused stages stay out', () => {
    expect(commands({}, having('skip-unused-stages'))).toHaveLength(1);
    expect(words({}, having('skip-unused-stages')).join(' ')).not.toContain('--skip-unused-stages');
  });
});

describe('RUN', () => {
  test('goes through our runtime, or where there is none through chroot isolation', () => {
    expect(words({})).toContain('--isolation=oci');
    expect(words({}, usualSettings(poorMachine))).toContain('--isolation=chroot');
  });

  test('gets no rights beyond the usual ones unless the recipe declares it nested', () => {
    expect(words({}).join(' ')).not.toContain('--cap-add');
    expect(words({ privileges: 'nested' })).toContain('--cap-add=all');
    // It must not see the build tool's processes, through which it would reach the tool's mounts.
    expect(words({ privileges: 'nested' })).not.toContain('--pid=host');
  });
});
