import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { usualSettings } from './environment/environments.ts';
import { ableMachine, poorMachine } from './environment/test-machine.ts';
import { buildCommand, factsCommand, parseFacts, prepareCommands, toolEnvironment } from './commands.ts';
import type { Subject } from '../catalog/types.ts';

const subject = (recipe: Subject['recipe']): Subject => ({
  id: 'x/default@linux/amd64',
  image: 'x',
  variant: 'default',
  platform: { os: 'linux', architecture: 'amd64' },
  recipe,
  lock: null,
  builder: { kind: 'definition', path: '/b', place: null },
  claims: {},
  sourceDateEpoch: 1767225600,
  limits: { memory: 1, processes: 1, time: 1, scratch: 1, log: 1 },
  smoke: null,
  place: null,
});

const usual = usualSettings(ableMachine);
const plain = { hasInputs: false, bases: [] };

const containerfile = (timestamps: 'rewrite' | 'keep'): Subject =>
  subject({
    kind: 'containerfile',
    containerfile: '/c/Containerfile',
    context: '/c',
    buildArgs: { A: 'b c' },
    timestamps,
    history: 'keep',
    privileges: 'default',
  });

describe('buildCommand', () => {
  test('hands the source date epoch to the build and rewrites times only when asked', () => {
    expect(buildCommand(containerfile('rewrite'), usual, plain)).toContain('--timestamp=1767225600');
    const keep = buildCommand(containerfile('keep'), usual, plain);
    expect(keep).not.toContain('--timestamp=1767225600');
    expect(keep).toContain('--build-arg=SOURCE_DATE_EPOCH=1767225600');
    expect(keep).toContain('--build-arg=A=b c');
  });

  test('mounts inputs read-only where Hermeto puts them, and only when there are any', () => {
    expect(buildCommand(containerfile('keep'), usual, { hasInputs: true, bases: [] })).toContain(
      '--volume=/inputs:/cachi2/output/deps:ro',
    );
    expect(buildCommand(containerfile('keep'), usual, plain).join(' ')).not.toContain('cachi2');
  });

  test('says what stands for images that are written by digest or by a short name', () => {
    const base = { digest: 'sha256:00', store: 'volume', bare: false };
    const written = { ...base, written: 'x.example/a@sha256:00', name: 'x.example/a:sha256-00' };
    const full = { ...base, written: 'x.example/b:1', name: 'x.example/b:1' };
    const command = buildCommand(containerfile('keep'), usual, { hasInputs: false, bases: [written, full] });
    const contexts = command.filter((word) => word.startsWith('--build-context='));
    expect(contexts).toEqual([
      '--build-context=x.example/a@sha256:00=container-image://x.example/a:sha256-00',
    ]);
  });

  test('passes the words of a command recipe on as they are', () => {
    const command = buildCommand(
      subject({ kind: 'command', command: ['sh', '-c', 'echo "$1"; rm'], context: '/c', environment: {} }),
      usual,
      plain,
    );
    expect(command.slice(-3)).toEqual(['sh', '-c', 'echo "$1"; rm']);
  });
});

describe('settings of a twin', () => {
  const recipe = {
    kind: 'command',
    command: ['sh', '-c', 'umask; echo $TZ $HOME'],
    context: '/c',
    environment: { TZ: 'Asia/Tokyo' },
  } as const;

  test('are put around a command, but for what the recipe sets itself', () => {
    const settings = { ...usual, umask: 0o27, home: 'abc', variables: { TZ: 'UTC', TERM: 'dumb' } };
    const command = buildCommand(subject({ ...recipe, command: [...recipe.command] }), settings, plain);
    expect(command.join(' ')).toContain('umask 27; ');
    expect(command).toContain('TERM=dumb');
    expect(command).toContain('HOME=/scratch/abc');
    expect(command).not.toContain('TZ=UTC');
  });

  test('bind the whole build to its CPUs and personality', () => {
    const settings = { ...usual, cpus: '0,1', personality: ['--uname-2.6'] };
    const wrapper = ['taskset', '--cpu-list', '0,1', 'setarch', '--uname-2.6', '--', 'buildah'];
    expect(buildCommand(containerfile('keep'), settings, plain).slice(0, 7)).toEqual(wrapper);
  });

  test('move sources and scratch space', () => {
    const command = buildCommand(containerfile('keep'), { ...usual, root: '/x' }, plain);
    expect(command.at(-1)).toBe('/x/source');
    expect(toolEnvironment(containerfile('keep'), { root: '/x' }).TMPDIR).toBe('/x/scratch/tmp');
  });

  test('reach RUN instructions through a runtime, or not at all', () => {
    expect(buildCommand(containerfile('keep'), usual, plain)).toContain('--isolation=oci');
    const without = usualSettings(poorMachine);
    expect(buildCommand(containerfile('keep'), without, plain)).toContain('--isolation=chroot');
    expect(prepareCommands(without, [])).toHaveLength(2);
    expect(prepareCommands(usual, [])).toHaveLength(3);
  });
});

test('a recipe environment does not replace the fixed one of a Containerfile build', () => {
  expect(toolEnvironment(containerfile('keep'), usual).SOURCE_DATE_EPOCH).toBe('1767225600');
});

describe('parseFacts', () => {
  test('sums the counters of both address families', () => {
    expect(parseFacts('dropped 12\nscratch 40\noom_kill 1\nnet 2\nnet 3\n')).toEqual({
      logDropped: 12,
      scratchUsed: 40,
      outOfMemory: 1,
      networkAttempts: 5,
    });
  });

  test('reads nothing as nothing', () => {
    expect(parseFacts('')).toEqual({ logDropped: 0, scratchUsed: 0, outOfMemory: 0, networkAttempts: 0 });
  });
});

test.skipIf(process.platform !== 'linux')(
  'the facts script counts packets without a route where they were refused',
  () => {
    const isolated = (script: string) =>
      spawnSync('unshare', ['--user', '--map-root-user', '--net', 'sh', '-c', script], { encoding: 'utf8' });
    if (isolated('true').status !== 0) return;
    const [, , script = ''] = factsCommand(usual);
    const facts = script.replace(/chown.*\n/, '');
    const quoted = `'${facts.replaceAll("'", `'\\''`)}'`;
    const node = execFileSync('sh', ['-c', 'command -v node'], { encoding: 'utf8' }).trim();
    const attempt = `${node} -e "require('node:net').connect(80, '192.0.2.1').on('error', () => {})"`;
    expect(parseFacts(isolated(`sh -c ${quoted}`).stdout).networkAttempts).toBe(0);
    expect(parseFacts(isolated(`${attempt}; sh -c ${quoted}`).stdout).networkAttempts).toBeGreaterThan(0);
  },
);
