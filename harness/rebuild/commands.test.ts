import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { usualSettings } from './environment/environments.ts';
import { ableMachine, poorMachine } from '../testing/rebuild/environment/machine.ts';
import { buildCommand } from './commands.ts';
import { factsCommand, parseFacts } from './facts.ts';
import { prepareCommands, toolEnvironment } from './prepare.ts';
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
const plain = { volumes: [], bases: [], unnamedStages: null };

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
    const wrapper = ['taskset', '--cpu-list', '0,1', 'setarch', '--uname-2.6', '--', 'sh'];
    expect(buildCommand(containerfile('keep'), settings, plain).slice(0, 7)).toEqual(wrapper);
  });

  test('move sources and scratch space', () => {
    const command = buildCommand(containerfile('keep'), { ...usual, root: '/x' }, plain);
    expect(command.at(-1)).toContain('cd /x/scratch/context\n');
    expect(toolEnvironment(containerfile('keep'), { root: '/x' }).TMPDIR).toBe('/x/scratch/tmp');
  });

  test('reach RUN instructions through a runtime, or not at all', () => {
    const without = usualSettings(poorMachine);
    const given = { bases: [], trust: null, prepare: [], variables: {} };
    const prepared = (settings: typeof usual): string =>
      JSON.stringify(prepareCommands(containerfile('keep'), settings, given));
    expect(prepared(without)).not.toContain('oci-runtime');
    expect(prepared(usual)).toContain('oci-runtime');
  });
});

test('SOURCE_DATE_EPOCH is set for commands, and told to buildah by its options alone', () => {
  expect(toolEnvironment(containerfile('keep'), usual)).not.toHaveProperty('SOURCE_DATE_EPOCH');
  const command = subject({ kind: 'command', command: ['x'], context: '/c', environment: {} });
  expect(toolEnvironment(command, usual).SOURCE_DATE_EPOCH).toBe('1767225600');
});

describe('parseFacts', () => {
  test('sums the counters of both address families', () => {
    expect(parseFacts('dropped 12\nscratch 40\noom_kill 1\nnet 2\nnet 3\n')).toMatchObject({
      logDropped: 12,
      scratchUsed: 40,
      outOfMemory: 1,
      networkAttempts: 5,
    });
  });

  test('reads nothing as nothing', () => {
    const nothing = { logDropped: 0, scratchUsed: 0, outOfMemory: 0, networkAttempts: 0 };
    expect(parseFacts('')).toMatchObject({
      ...nothing,
      host: { bootId: null, cpu: null, kernel: 'unknown' },
    });
  });

  test('reads where it was built', () => {
    const text = 'host bootId 1-2\nhost kernel 6.1.0-1\nhost architecture x86_64\nhost cpu A CPU @ 2.00GHz\n';
    const host = { bootId: '1-2', kernel: '6.1.0-1', architecture: 'x86_64', cpu: 'A CPU @ 2.00GHz' };
    expect(parseFacts(text).host).toMatchObject(host);
    expect(parseFacts('host bootId \nhost cpu \n').host).toMatchObject({ bootId: null, cpu: null });
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
