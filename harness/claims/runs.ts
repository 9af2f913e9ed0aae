import { setTimeout } from 'node:timers/promises';
import type { Smoke } from '../catalog/types.ts';
import { type ContainerSpec, type RunningContainer, type SidecarSpec, idle } from '../engine/port.ts';
import { firstBuild, undecided } from './failed-build.ts';
import { withLoaded } from './loaded-twin.ts';
import type { Claim, ClaimContext, Finding } from './types.ts';
import { LACKING } from '../model/claim.ts';

/** The image that was built starts as a container, without network and on a read-only root, and gives the answer expected. */
export const runs: Claim = {
  id: 'runs',
  statement: 'starts as a container and answers',
  passes:
    'the built image starts as a container, without network and on a read-only root, and gives the answer the catalog expects',
  fails: 'it does not start or answers otherwise',
  standard: true,
  needs: 'smoke',
  check,
};

async function check(context: ClaimContext): Promise<Finding> {
  const { smoke } = context.subject;
  if (smoke === null) {
    return { verdict: 'skipped', summary: LACKING.smoke, detail: {}, evidence: [] };
  }
  const first = firstBuild(context.builds);
  if ('error' in first) return undecided(first.error, context.buildEvidence);
  const image = await context.image(first.build);
  return withLoaded(context, image, async (name, loaded): Promise<Finding> => {
    const answer = await ask(context, smoke, name);
    const evidence = [await context.evidence.addText('container output', answer.output, 'text/plain')];
    const detail = {
      config: image.config.digest,
      loaded,
      expected: smoke.expect,
      seconds: answer.seconds,
    };
    return answer.found
      ? {
          verdict: 'pass',
          summary: `answered "${smoke.expect}"`,
          detail,
          evidence,
        }
      : { verdict: 'fail', summary: `${answer.reason}; expected "${smoke.expect}"`, detail, evidence };
  });
}

interface Answer {
  found: boolean;
  reason: string;
  output: string;
  seconds: number;
}

async function ask(context: ClaimContext, smoke: Smoke, image: string): Promise<Answer> {
  const started = Date.now();
  const spec = await smokeSpec(smoke, image, context);
  await using container = await context.engine.run(context.owner, spec);
  const result =
    smoke.service === undefined
      ? await askCommand(container, smoke)
      : await askService(smoke, container, started + smoke.timeout * 1000);
  return { ...result, seconds: (Date.now() - started) / 1000 };
}

async function smokeSpec(
  smoke: Smoke,
  image: string,
  { subject, builderImage }: ClaimContext,
): Promise<ContainerSpec> {
  const asked = smoke.service !== undefined && smoke.service.exec === undefined;
  return {
    image,
    command: smoke.run ?? [],
    keepEntrypoint: smoke.run === undefined,
    scratch: Object.fromEntries(
      smoke.writable.map((folder) => [folder, { executable: true, shared: true, size: 1024 ** 3 }]),
    ),
    environment: smoke.environment,
    limits: { memory: subject.limits.memory, processes: subject.limits.processes },
    keepAfterExit: true,
    ...(asked ? { sidecars: { [CLIENT]: client(await builderImage(), smoke.timeout) } } : {}),
  };
}

async function askCommand(container: RunningContainer, smoke: Smoke): Promise<Omit<Answer, 'seconds'>> {
  const ended = await container.wait(smoke.timeout * 1000);
  const output = await container.output();
  if (ended === null) return { found: false, reason: `did not end within ${smoke.timeout} s`, output };
  if (ended.exitCode !== 0) return { found: false, reason: `ended with exit code ${ended.exitCode}`, output };
  return { found: output.includes(smoke.expect), reason: 'gave another answer', output };
}

/** Asks the service over the network that both share. */
const CLIENT = 'client';

const client = (image: string, timeout: number): SidecarSpec => ({
  image,
  command: idle(timeout + 60),
  limits: { memory: 256 * 1024 ** 2, processes: 64 },
});

async function askService(
  smoke: Smoke,
  service: RunningContainer,
  deadline: number,
): Promise<Omit<Answer, 'seconds'>> {
  let last = '';
  // Asking until it answers is how one waits for a service to be up; the deadline decides, not the number of tries.
  while (Date.now() < deadline && (await service.running())) {
    last = await askOnce(smoke, service);
    if (last.includes(smoke.expect)) return { found: true, reason: '', output: last };
    await setTimeout(200);
  }
  const output = `${last}\n--- output of the service ---\n${await service.output()}`;
  return { found: false, reason: `did not answer within ${smoke.timeout} s`, output };
}

async function askOnce(smoke: Smoke, service: RunningContainer): Promise<string> {
  const { http, exec } = smoke.service ?? {};
  const url = `http://127.0.0.1:${http?.port ?? 80}${http?.path ?? '/'}`;
  const { stdout, stderr } = await (exec === undefined
    ? service.sidecar(CLIENT).exec(['curl', '--silent', '--show-error', '--max-time', '5', url])
    : service.exec(exec));
  return stdout + stderr;
}
