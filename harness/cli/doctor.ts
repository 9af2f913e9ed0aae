import { statfs } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { Command, Option } from 'commander';
import { proveAccelerator } from '../boot/machine/accelerator.ts';
import { cacheFolder } from '../engine/folders.ts';
import { currentOwner } from '../engine/owner.ts';
import { connectEngine } from '../engine/connect.ts';
import { MORE_SPACE, TwinproofError, errorLine } from '../errors.ts';
import { type Tool, TOOLS } from '../setup/tool-list.mjs';
import { findTool, installCommand, locateTool, startCommand } from '../setup/tools.mjs';
import { type Finding, type Task, doctorResult } from './doctor-result.ts';
import { type ClusterTrialFlags, addClusterTrialOptions, clusterTrial } from './cluster-options.ts';
import { print } from './output.ts';

/** What a user wants to do, and which tasks it takes. Reports are made of logs by Node alone. */
const PURPOSES = {
  verify: ['verify'],
  boot: ['verify', 'boot'],
  reports: [],
} as const satisfies Record<string, readonly Task[]>;

interface Options extends ClusterTrialFlags {
  for?: keyof typeof PURPOSES;
  tests: boolean;
  json: boolean;
  quiet: boolean;
}

const GIB = 1024 ** 3;

export function doctorCommand(): Command {
  return addClusterTrialOptions(new Command('doctor'))
    .description('show what this machine can do and what is missing, with the command that fixes it')
    .addOption(new Option('--for <what>', 'only what this needs').choices(Object.keys(PURPOSES)))
    .option('--tests', 'also what only tests and benchmarks of this program use', false)
    .option('--json', 'print the findings as JSON (twinproof/doctor/v1)', false)
    .option('--quiet', 'print only what is missing', false)
    .option('--no-color', 'no colours')
    .action(async (options: Options) => {
      const { for: purpose, tests, json, quiet } = options;
      const wanted: readonly Task[] | null = purpose === undefined ? null : PURPOSES[purpose];
      const all = [
        ...(await cluster(options)),
        nodeVersion(),
        await engine(),
        ...tools('engine', 'verify'),
        await space(),
        memory(),
        ...tools('boot', 'boot'),
        ...(wanted === null || wanted.includes('boot') ? [await accelerator()] : []),
        ...tools('arm64', 'boot, arm64'),
        ...(tests ? tools('tools', 'tests') : []),
      ];
      const findings = all.filter(
        ({ task, what }) =>
          wanted === null ||
          wanted.includes(task) ||
          what === 'Node' ||
          task === 'verify --engine kubernetes',
      );
      const shown = quiet ? findings.filter(({ ok }) => !ok) : findings;
      print(json ? `${JSON.stringify(doctorResult(shown), null, 2)}\n` : byTask(shown));
      process.exitCode = findings.every(({ ok, task }) => ok || OPTIONAL.includes(task)) ? 0 : 2;
    });
}

/** A machine is well without these. */
const OPTIONAL: readonly Task[] = ['boot, arm64', 'tests'];

const HEADINGS: Record<Task, string> = {
  'verify --engine kubernetes': 'to build in this cluster (verify --engine kubernetes)',
  verify: 'to build and compare images (verify)',
  boot: 'to start operating systems (boot, and verify where a catalog claims it)',
  'boot, arm64': 'to start those for arm64',
  tests: "to run this program's own tests and benchmarks",
};

function byTask(findings: readonly Finding[]): string {
  const groups = Map.groupBy(findings, ({ task }) => task);
  return [...groups].map(([task, found]) => `${HEADINGS[task]}\n${found.map(line).join('')}`).join('\n');
}

const line = ({ what, ok, found, fix }: Finding): string =>
  `${ok ? 'ok     ' : 'missing'} ${what}: ${found}${fix === undefined ? '' : `\n        install or fix: ${fix}`}\n`;

const nodeVersion = (): Finding => ({
  task: 'verify',
  what: 'Node',
  ok: true,
  found: process.versions.node,
});

/** Nothing unless a cluster is asked for. */
async function cluster(options: Options): Promise<Finding[]> {
  if (options.engine === undefined) return [];
  const { examineCluster } = await import('../kubernetes/examine.ts');
  const found = await examineCluster(clusterTrial(options));
  return found.map((finding) => ({ task: 'verify --engine kubernetes', ...finding }));
}

async function engine(): Promise<Finding> {
  try {
    const { name, version, cpus, memory: bytes } = await connectEngine();
    const found = `${name} ${version}, ${cpus} CPUs, ${(bytes / GIB).toFixed(1)} GiB`;
    return { task: 'verify', what: 'container engine', ok: true, found };
  } catch (error) {
    const dockerd = TOOLS.filter(({ command }) => command === 'dockerd');
    const command = findTool('dockerd') === null ? installCommand(dockerd) : startCommand();
    const fix = command?.join(' ') ?? 'install and start Docker Engine or podman';
    return { task: 'verify', what: 'container engine', ok: false, found: errorLine(error), fix };
  }
}

/** Commands that only need to be there; the engine is asked itself. */
function tools(group: Tool['group'], task: Task): Finding[] {
  return TOOLS.filter((tool) => tool.group === group && tool.command !== 'dockerd').map((tool) => {
    const path = locateTool(tool);
    const what = `${tool.command} (${tool.why})`;
    if (path !== null) return { task, what, ok: true, found: tool.probe === undefined ? path : 'found' };
    const fix = installCommand([tool])?.join(' ') ?? `install ${tool.command}`;
    return { task, what, ok: false, found: 'not found', fix };
  });
}

/** Proved by running a guest; a device file says nothing. */
async function accelerator(): Promise<Finding> {
  const what = 'virtual machines';
  try {
    const proved = await proveAccelerator(currentOwner('doctor'), 'auto');
    const speed = `${proved.slowness.toFixed(1)} times the time that limits are made for`;
    const found = [`${proved.accelerator} runs a guest, takes ${speed}`, ...proved.refused].join('; ');
    return { task: 'boot', what, ok: true, found };
  } catch (error) {
    const fix = error instanceof TwinproofError ? error.hint : undefined;
    return {
      task: 'boot',
      what,
      ok: false,
      found: errorLine(error),
      ...(fix === undefined ? {} : { fix }),
    };
  }
}

async function space(): Promise<Finding> {
  const folder = cacheFolder();
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const free = (bavail * bsize) / GIB;
  const finding: Finding = {
    task: 'verify',
    what: `space in ${folder}`,
    ok: free >= 8,
    found: `${free.toFixed(1)} GiB free`,
  };
  return finding.ok ? finding : { ...finding, fix: MORE_SPACE };
}

function memory(): Finding {
  const total = totalmem() / GIB;
  const found = `${total.toFixed(1)} GiB, ${(freemem() / GIB).toFixed(1)} GiB free`;
  // Scratch space of builds is in memory: two twins of the bundled catalog's largest image need about this much.
  const finding: Finding = { task: 'verify', what: 'memory', ok: total >= 7.5, found };
  return finding.ok ? finding : { ...finding, fix: 'use --jobs 1 and smaller limits in the catalog' };
}
