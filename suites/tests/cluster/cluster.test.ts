import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT, temporaryFolder, twinproof } from '../selftest/support.ts';
import type { KubeObject } from './api.ts';
import { whyNoCluster } from './build.ts';
import { Cluster, isNodeReady } from './cluster.ts';
import { pathOf, startTektonWebhook } from './tekton.ts';

const NODES = 3;
const PODS = '/api/v1/namespaces/default/pods';
const reason = whyNoCluster();

interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
}
interface PipelineRun {
  spec: { taskRunSpecs: { pipelineTaskName: string; podTemplate: object }[] };
}

describe.skipIf(reason !== null)(`a cluster of ${NODES} nodes (skipped here: ${reason ?? ''})`, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let cluster: Cluster;

  beforeAll(async () => {
    folder = await temporaryFolder();
    cluster = await Cluster.start(await mkdtemp(join(tmpdir(), 'twinproof-cluster-')), NODES);
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
    const { stdout } = await execa('ip', ['netns', 'list']);
    expect(stdout).not.toContain(`tp${process.pid}-`);
    for (const hierarchy of await readdir('/sys/fs/cgroup')) {
      expect(await readdir(join('/sys/fs/cgroup', hierarchy))).not.toContain(`tp${process.pid}`);
    }
  });

  /** What `emit tekton` writes for the bundled catalog. */
  async function emitted(file: string, ...options: string[]): Promise<Resource[]> {
    const out = join(folder.path, `emitted-${options.join('')}`);
    const words = ['emit', 'tekton', 'fixtures/faulty.catalog.yaml', '--out', out, ...options];
    const { exitCode, stderr } = await twinproof(words, { cwd: ROOT });
    expect(exitCode, stderr).toBe(0);
    const text = await readFile(join(out, file), 'utf8');
    return parseAllDocuments(text).map((document) => document.toJS() as Resource);
  }

  test('is a real one: every node is ready, runs a pod, and its log can be had', async () => {
    const nodes = await cluster.api.list('/api/v1/nodes');
    expect(nodes.filter(isNodeReady).map(({ metadata }) => metadata.name)).toEqual(['n1', 'n2', 'n3']);
    for (const { metadata } of nodes) {
      const name = `say-${metadata.name}`;
      await cluster.api.create(
        PODS,
        pod(cluster, { name, args: ['say', name], spec: { nodeName: metadata.name } }),
      );
      await cluster.until(`${name} ends`, async () => (await phaseOf(cluster, name)) === 'Succeeded');
      expect(await cluster.api.get<string>(`${PODS}/${name}/log`)).toBe(`${name}\n`);
    }
  });

  test('pods that build A and pods that build B never are on one node while they run', async () => {
    const [run] = (await emitted('runs.yaml')) as unknown as PipelineRun[];
    const started: string[] = [];
    for (let subject = 0; subject < 5; subject += 1) {
      for (const { pipelineTaskName, podTemplate } of run?.spec.taskRunSpecs ?? []) {
        const name = `${pipelineTaskName}-${subject}`;
        const labels = { 'tekton.dev/pipelineTask': pipelineTaskName };
        await cluster.api.create(
          PODS,
          pod(cluster, { name, args: ['wait', '600'], spec: podTemplate, labels }),
        );
        started.push(name);
      }
    }
    expect(started).toHaveLength(10);
    const running = async (): Promise<KubeObject[]> =>
      (await cluster.api.list(PODS)).filter(
        ({ metadata, status }) => started.includes(metadata.name) && status?.phase === 'Running',
      );
    await cluster.until('all run', async () => (await running()).length === started.length);
    const nodes = (twin: string): Set<unknown> =>
      new Set(pods.filter(isOf(twin)).map(({ spec }) => spec?.nodeName));
    const pods = await running();
    const [a, b] = [nodes('build-a'), nodes('build-b')];
    expect(a.size * b.size).toBeGreaterThan(0);
    expect([...a].filter((node) => b.has(node))).toEqual([]);
    for (const name of started) await cluster.api.ask('DELETE', `${PODS}/${name}?gracePeriodSeconds=0`);
  });

  test('Tekton accepts what is emitted, and refuses it with a fault', async () => {
    await startTektonWebhook(cluster);
    const store = (resource: Resource) =>
      cluster.api.ask('PATCH', `${pathOf(resource)}?fieldManager=test&fieldValidation=Strict`, resource);
    for (const konflux of [[], ['--konflux', '--name', 'konflux']]) {
      for (const resource of await emitted('pipelines.yaml', ...konflux)) {
        const { status, body } = await store(resource);
        expect(status, JSON.stringify(body)).toBe(201);
        const wrong = { ...resource, metadata: { name: 'wrong' } };
        const unknown = { ...wrong, spec: { ...resource.spec, stepz: [] } };
        const foreign = await store(unknown);
        expect(foreign.status).toBeGreaterThanOrEqual(400);
        expect(JSON.stringify(foreign.body)).toContain('stepz');
        // Fits the schema, and only Tekton knows better.
        const undeclared = JSON.parse(
          JSON.stringify(wrong).replaceAll('$(params.repository)', '$(params.nobody)'),
        ) as Resource;
        const refused = await store(undeclared);
        expect(refused.status, JSON.stringify(refused.body)).toBe(400);
        expect(JSON.stringify(refused.body)).toContain('nobody');
      }
    }
  });
});

const isOf =
  (twin: string) =>
  ({ metadata }: KubeObject): boolean =>
    metadata.labels?.['tekton.dev/pipelineTask'] === twin;

const phaseOf = async (cluster: Cluster, name: string): Promise<unknown> =>
  (await cluster.api.get(`${PODS}/${name}`)).status?.phase;

interface Wanted {
  name: string;
  args: string[];
  /** Laid over what every pod has. */
  spec: object;
  labels?: Record<string, string>;
}

function pod({ image }: Cluster, { name, args, spec, labels = {} }: Wanted): object {
  const container = { name: 'main', image, args };
  const usual = { restartPolicy: 'Never', automountServiceAccountToken: false, containers: [container] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { ...usual, ...spec } };
}
