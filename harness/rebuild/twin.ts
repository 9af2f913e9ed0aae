import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContainerSpec, type Engine, type Input, type RunningContainer, idle } from '../engine/port.ts';
import type { Owner } from '../engine/owner.ts';
import type { Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import type { CellError } from '../record/events.ts';
import { BUILD_CAPABILITIES } from './capabilities.ts';
import { buildCommand } from './commands.ts';
import { type FetchedView, fetchedView, prefetchVariables } from './fetched.ts';
import { FUSE, confinement } from './environment/rights.ts';
import { type Facts, factsCommand, loggedCommand, parseFacts } from './facts.ts';
import { NO_NAMESPACE, isNested, noNamespace } from './nested.ts';
import { networkServer } from './network/serve.ts';
import { LAYOUT_NAME, LOG_NAME, baseStore, placesIn } from './places.ts';
import { prepareCommands, toolEnvironment } from './prepare.ts';
import { programInputs } from './programs.ts';
import type { TwinBuild, TwinRequest } from './types.ts';
import { platformText } from '../model/platform.ts';

/** Builds one twin in a container of its own. A build that fails is an outcome; a broken engine throws. */
export async function buildTwin(engine: Engine, owner: Owner, request: TwinRequest): Promise<TwinBuild> {
  const started = new Date();
  const output = outputFolder(request.folder);
  await mkdir(output, { recursive: true });
  const { recipe, prefetch } = request.subject;
  const { scratch } = placesIn(request.environment.settings.root);
  const fetched = fetchedView(recipe.kind, { locked: request.inputs.folder, prefetch, scratch });
  const server = await networkServer(owner, {
    image: request.builder.image,
    plan: request.network.plan,
    files: request.inputs.folder,
    folder: join(request.folder, 'network'),
    time: request.subject.limits.time + 120,
  });
  await using container = await engine.run(owner, {
    ...containerSpec(request),
    inputs: [...inputsOf(request), ...fetched.inputs, ...(await programInputs(owner))],
    outputs: [{ to: output, at: placesIn(request.environment.settings.root).output }],
    sidecars: { network: server.sidecar },
  });
  const network = await server.served(container.sidecar('network'));
  const ended = await runBuild(container, request, fetched);
  const refused = await network.refused();
  return {
    twin: request.twin,
    environment: request.environment.record.variations,
    host: ended.facts.host,
    started,
    seconds: (Date.now() - started.getTime()) / 1000,
    outcome:
      ended.error === null
        ? { built: true, image: `oci:${join(output, LAYOUT_NAME)}` }
        : {
            built: false,
            error: await describeFailure(ended.error, join(output, LOG_NAME), request),
          },
    networkAttempts: ended.facts.networkAttempts + refused.reduce((sum, { times }) => sum + times, 0),
    refused,
    log: join(output, LOG_NAME),
    logDropped: ended.facts.logDropped,
  };
}

/** Where a build leaves its OCI layout. @param scratch of the subject */
export const layoutFolder = (scratch: string, twin: string): string =>
  join(outputFolder(scratchOf(scratch, twin)), LAYOUT_NAME);

/** Scratch folder of one twin. @param scratch of the subject */
export const scratchOf = (scratch: string, twin: string): string => join(scratch, twin);

const outputFolder = (folder: string): string => join(folder, 'output');

const MIB = 1024 ** 2;

/** What a build may use of memory: the kernel counts a tmpfs as memory of the container that fills it. */
export const containerMemory = ({ limits }: Subject): number => limits.memory + limits.scratch;

function inputsOf({ subject, builder, bases, environment }: TwinRequest): Input[] {
  const { recipe } = subject;
  const { root, locale } = environment.settings;
  const places = placesIn(root);
  const inputs: Input[] = [
    { from: { volume: builder.store }, at: places.builderStore },
    ...bases.map(({ store }, index) => ({ from: { volume: store }, at: baseStore(index) })),
    { from: recipe.context, at: places.source },
  ];
  if (recipe.kind === 'containerfile' && !recipe.containerfile.startsWith(`${recipe.context}/`)) {
    inputs.push({ from: recipe.containerfile, at: places.recipe });
  }
  if (locale !== null) {
    // A command finds it by its name in the folder; the runtime gives it its name itself.
    const name = recipe.kind === 'command' ? `${places.locale}/${locale.name}` : places.locale;
    inputs.push({ from: locale.folder, at: name });
  }
  return inputs;
}

function containerSpec(request: TwinRequest): ContainerSpec {
  const { subject, builder, environment } = request;
  const { settings } = environment;
  const { limits, recipe } = subject;
  const mayMount = recipe.kind === 'containerfile';
  const nested = isNested(subject);
  return {
    image: builder.image,
    command: idle(limits.time + 120),
    hostname: settings.hostname,
    devices: mayMount && settings.reversedDirectories ? FUSE : [],
    scratch: {
      // buildah makes device nodes in the images it builds.
      [placesIn(settings.root).scratch]: { executable: true, privileged: true, size: limits.scratch },
      '/tmp': { executable: true, size: 256 * MIB },
      '/var/tmp': { size: 256 * MIB },
      '/run': { size: 64 * MIB },
    },
    capabilities: mayMount ? BUILD_CAPABILITIES : BUILD_CAPABILITIES.filter((name) => name !== 'SYS_ADMIN'),
    environment: toolEnvironment(subject, settings),
    limits: { memory: containerMemory(subject) + settings.extraMemory, processes: limits.processes },
    ...confinement({ mayMount, nested }),
    resolver: '127.0.0.1',
  };
}

interface Ended {
  error: { code: 'timeout' | 'build-failed'; message: string; facts: Facts } | null;
  facts: Facts;
}

async function runBuild(
  container: RunningContainer,
  request: TwinRequest,
  fetched: FetchedView,
): Promise<Ended> {
  const { subject, bases, unnamedStages, network } = request;
  const { settings } = request.environment;
  const build = buildCommand(subject, settings, { volumes: fetched.volumes, bases, unnamedStages });
  const variables = await prefetchVariables(subject.prefetch);
  const given = { bases, trust: network.trust, prepare: fetched.prepare, variables };
  for (const prepare of prepareCommands(subject, settings, given)) {
    const { exitCode, stderr } = await container.exec(prepare);
    if (exitCode === 0) continue;
    if (exitCode === NO_NAMESPACE) throw noNamespace(stderr);
    const reason = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    throw new TwinproofError('builder-unresolved', `the build could not be prepared: ${reason}`);
  }
  const command = loggedCommand(build, { limit: subject.limits.log, root: settings.root });
  // `timeout` ends the whole process group, so that the container can still be asked what happened.
  const started = Date.now();
  const result = await container.exec(['timeout', '--signal=KILL', String(subject.limits.time), ...command]);
  const timedOut = Date.now() - started >= subject.limits.time * 1000;
  const facts = parseFacts((await container.exec(factsCommand(settings))).stdout);
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
  { subject, builder }: Pick<TwinRequest, 'subject' | 'builder'>,
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
  const { os, architecture } = subject.platform;
  // The kernel's word (ENOEXEC) for a program that is for other machines, which a base without instructions may bring along.
  if (architecture !== builder.architecture && /exec format error/i.test(tail)) {
    const message = `the builder is for ${os}/${builder.architecture}, and runs no programs for ${platformText(subject.platform)}`;
    return {
      code: 'unsupported',
      message,
      hint: `build for ${os}/${architecture} on a machine of that kind`,
    };
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
