import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TwinproofError } from '../../errors.ts';
import type { RunningContainer, SidecarSpec } from '../../engine/port.ts';
import { NODE_COMMAND } from '../../engine/node-folder.ts';
import type { Owner } from '../../engine/owner.ts';
import { program, programInputs } from '../programs.ts';
import type { NetworkPlan, Refusal } from '../programs/network-plan.ts';
import type { Refused } from './types.ts';

export interface ServedNetwork {
  /** @throws TwinproofError `internal` when the server does not run any more */
  refused: () => Promise<Refused[]>;
}

interface Request {
  /** Any image: the programs bring their own Node. */
  image: string;
  plan: NetworkPlan;
  /** Folder of locked files; null without. */
  files: string | null;
  /** Folder of this server alone. */
  folder: string;
  /** Seconds after which it ends by itself. */
  time: number;
}

/** A sidecar, and how it is used once its build's container has started. */
interface NetworkServer {
  sidecar: SidecarSpec;
  /** @throws TwinproofError `engine-unavailable` when it does not start */
  served: (sidecar: Sidecar) => Promise<ServedNetwork>;
}

type Sidecar = Pick<RunningContainer, 'running' | 'output'>;

const INSIDE = '/network';
const READY_WITHIN = 60_000;

/** What answers in a build's network: a container of its own beside it, which the build cannot reach but by asking. */
export async function networkServer(owner: Owner, request: Request): Promise<NetworkServer> {
  const { folder, files, plan } = request;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'plan.json'), JSON.stringify(plan));
  const inside = (name: string): string => `${INSIDE}/${name}`;
  const words = [
    program('network-server'),
    inside('plan.json'),
    '/inputs',
    inside('refused'),
    inside('ready'),
  ];
  const sidecar = {
    image: request.image,
    command: [...NODE_COMMAND, ...words, String(request.time)],
    inputs: [...(await programInputs(owner)), ...(files === null ? [] : [{ from: files, at: '/inputs' }])],
    outputs: [{ to: folder, at: INSIDE }],
    // Ports below 1024, and files of whoever runs the harness.
    capabilities: ['NET_BIND_SERVICE', 'DAC_OVERRIDE'],
    limits: { memory: 512 * 1024 ** 2, processes: 64 },
    // So that it can be asked why it ended.
    keepAfterExit: true,
  };
  return { sidecar, served: (container) => served(container, folder) };
}

async function served(container: Sidecar, folder: string): Promise<ServedNetwork> {
  await ready(container, join(folder, 'ready'));
  return {
    refused: async () => {
      // A build that was answered by nobody has failed for our sake, and says nothing of the network that it needs.
      if (!(await container.running())) {
        const said = (await container.output()).trim().slice(-300);
        throw new TwinproofError(
          'internal',
          `the server for locked downloads ended during the build: ${said}`,
        );
      }
      return summarise(await readFile(join(folder, 'refused'), 'utf8').catch(() => ''));
    },
  };
}

async function ready(container: Sidecar, file: string): Promise<void> {
  const late = Date.now() + READY_WITHIN;
  while (!existsSync(file)) {
    if ((await container.running()) && Date.now() < late) {
      await setTimeout(20);
      continue;
    }
    const output = (await container.output()).trim().slice(-300);
    throw new TwinproofError(
      'engine-unavailable',
      `the server for locked downloads did not start: ${output}`,
    );
  }
}

/** Each refusal once, the most frequent first. */
function summarise(text: string): Refused[] {
  const counted = new Map<string, Refused>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const refusal = JSON.parse(line) as Refusal;
    const known = counted.get(line) ?? { ...refusal, times: 0 };
    known.times += 1;
    counted.set(line, known);
  }
  return [...counted.values()].toSorted((a, b) => b.times - a.times || (a.what < b.what ? -1 : 1));
}
