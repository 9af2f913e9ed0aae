import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Mount, type RunningContainer, idle, startIsolated } from '../engine/container.ts';
import type { Owner } from '../engine/owner.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import type { CellError } from '../record/events.ts';
import { BUILD_CAPABILITIES } from './capabilities.ts';
import {
  type Facts,
  INSIDE,
  LAYOUT_NAME,
  LOG_NAME,
  baseStore,
  buildCommand,
  factsCommand,
  loggedCommand,
  parseFacts,
  prepareCommand,
  toolEnvironment,
} from './commands.ts';
import type { TwinBuild, TwinRequest } from './types.ts';

/** Builds one twin in a container of its own. A build that fails is an outcome; a broken engine throws. */
export async function buildTwin(engine: Engine, owner: Owner, request: TwinRequest): Promise<TwinBuild> {
  const started = new Date();
  const output = join(request.folder, 'output');
  await mkdir(output, { recursive: true });
  await using container = await startIsolated(engine, owner, containerSpec(request, output));
  const ended = await runBuild(container, request);
  return {
    twin: request.twin,
    started,
    seconds: (Date.now() - started.getTime()) / 1000,
    outcome:
      ended.error === null
        ? { built: true, layout: join(output, LAYOUT_NAME) }
        : {
            built: false,
            error: await describeFailure(ended.error, join(output, LOG_NAME), request.subject),
          },
    networkAttempts: ended.facts.networkAttempts,
    log: join(output, LOG_NAME),
    logDropped: ended.facts.logDropped,
  };
}

function containerSpec(request: TwinRequest, output: string): Parameters<typeof startIsolated>[2] {
  const { subject, builder, bases, inputs } = request;
  const { limits, recipe } = subject;
  const mounts: Mount[] = [
    { source: builder.store, target: INSIDE.builderStore, mode: 'ro' },
    ...bases.map(({ store }, index): Mount => ({ source: store, target: baseStore(index), mode: 'ro' })),
    { source: recipe.context, target: INSIDE.source, mode: 'ro' },
    { source: output, target: INSIDE.output, mode: 'rw' },
  ];
  if (recipe.kind === 'containerfile' && !recipe.containerfile.startsWith(`${recipe.context}/`)) {
    mounts.push({ source: recipe.containerfile, target: INSIDE.recipe, mode: 'ro' });
  }
  if (inputs.folder !== null) {
    mounts.push({
      source: inputs.folder,
      target: recipe.kind === 'command' ? INSIDE.deps : INSIDE.inputs,
      mode: 'ro',
    });
  }
  return {
    image: builder.image,
    command: idle(limits.time + 120),
    mounts,
    tmpfs: {
      // `dev`: buildah makes device nodes in the images it builds.
      [INSIDE.scratch]: `exec,dev,suid,size=${limits.scratch}`,
      '/tmp': 'exec,size=256m',
      '/var/tmp': 'size=256m',
      '/run': 'size=64m',
    },
    capabilities:
      recipe.kind === 'command'
        ? BUILD_CAPABILITIES.filter((name) => name !== 'SYS_ADMIN')
        : BUILD_CAPABILITIES,
    environment: toolEnvironment(subject),
    // The kernel counts a tmpfs as memory of the container that fills it.
    memory: limits.memory + limits.scratch,
    processes: limits.processes,
    // AppArmor's profile for containers forbids mounts; the capability is what grants them here.
    securityOptions: ['apparmor=unconfined'],
  };
}

interface Ended {
  error: { code: 'timeout' | 'build-failed'; message: string; facts: Facts } | null;
  facts: Facts;
}

async function runBuild(container: RunningContainer, request: TwinRequest): Promise<Ended> {
  const { subject, bases, inputs } = request;
  const prepared = await container.exec(prepareCommand(bases));
  if (prepared.exitCode !== 0) {
    const reason = prepared.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    throw new TwinproofError('builder-unresolved', `the build could not be prepared: ${reason}`);
  }
  const command = loggedCommand(buildCommand(subject, inputs.folder !== null, bases), subject.limits.log);
  // `timeout` ends the whole process group, so that the container can still be asked what happened.
  const started = Date.now();
  const result = await container.exec(['timeout', '--signal=KILL', String(subject.limits.time), ...command]);
  const timedOut = Date.now() - started >= subject.limits.time * 1000;
  const facts = parseFacts((await container.exec(factsCommand())).stdout);
  if (result.exitCode === 0) return { error: null, facts };
  return timedOut
    ? {
        error: { code: 'timeout', message: `the build did not end within ${subject.limits.time} s`, facts },
        facts,
      }
    : {
        error: { code: 'build-failed', message: `the build ended with exit code ${result.exitCode}`, facts },
        facts,
      };
}

async function describeFailure(
  failure: NonNullable<Ended['error']>,
  log: string,
  subject: Subject,
): Promise<CellError> {
  const { facts } = failure;
  if (failure.code === 'timeout') {
    return {
      code: 'timeout',
      message: failure.message,
      hint: 'raise limits.time, or see where it hangs in the log',
    };
  }
  if (facts.outOfMemory > 0) {
    const message = `the build ran out of memory (limit ${subject.limits.memory} bytes)`;
    return { code: 'build-failed', message, hint: 'raise limits.memory' };
  }
  const tail = await readTail(log);
  if (/no space left on device/i.test(tail)) {
    const message = `the build filled its scratch space (limit ${subject.limits.scratch} bytes, ${facts.scratchUsed} % used)`;
    return { code: 'build-failed', message, hint: 'raise limits.scratch' };
  }
  const last = tail.trimEnd().split('\n').at(-1)?.slice(0, 300) ?? '';
  return {
    code: 'build-failed',
    message: `${failure.message}: ${last}`,
    hint: 'the whole log is in the evidence',
  };
}

async function readTail(path: string): Promise<string> {
  const length = 16_384;
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(length),
      0,
      length,
      Math.max(0, size - length),
    );
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}
