import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { execa } from 'execa';
import { TEKTON } from './build.ts';
import type { Cluster } from './cluster.ts';
import { CONTROL_PLANE } from './network.ts';

const NAMESPACE = 'tekton-pipelines';
const WEBHOOK_PORT = 8443;

interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  spec?: Record<string, unknown>;
}
interface Deployment {
  template: { spec: { containers: { env: { name: string; value?: string }[] }[] } };
}

/** Paths of the kinds that Tekton is made of, and of its own. */
const PLURALS: Record<string, string> = {
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
};
const CLUSTER_WIDE =
  /^(Namespace|ClusterRole|ClusterRoleBinding|CustomResourceDefinition|.*WebhookConfiguration)$/;

/** Where an object of the API stands. */
export function pathOf({ apiVersion, kind, metadata }: Resource, namespace = 'default'): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  const space = CLUSTER_WIDE.test(kind) ? '' : `/namespaces/${metadata.namespace ?? namespace}`;
  return `${root}${space}/${plural}/${metadata.name}`;
}

/** Tekton's own resources, of the version whose programs were built. */
async function tektonConfig(): Promise<Resource[]> {
  const list = ['list', '-mod=mod', '-m', '-f', '{{.Dir}}', 'github.com/tektoncd/pipeline'];
  const { stdout } = await execa('go', list, { cwd: TEKTON });
  const config = join(stdout, 'config');
  const folders = ['100-namespace', '300-crds', '.'];
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(config, folder));
      return names.filter((name) => name.endsWith('.yaml')).map((name) => join(config, folder, name));
    }),
  );
  const texts = await Promise.all(files.flat().map((file) => readFile(file, 'utf8')));
  return texts.flatMap((text) =>
    parseAllDocuments(text).flatMap((document) => (document.toJS() as Resource | null) ?? []),
  );
}

/** Tekton's webhook, as a plain process beside the control plane: what it accepts can be stored in the cluster. */
export async function startTektonWebhook(cluster: Cluster): Promise<void> {
  const resources = await tektonConfig();
  for (const resource of resources) {
    if (['Deployment', 'HorizontalPodAutoscaler'].includes(resource.kind)) continue;
    // No pod is behind it.
    const { selector, ...spec } = resource.spec ?? {};
    const isService = resource.kind === 'Service';
    await cluster.api.apply(pathOf(resource), isService ? { ...resource, spec } : resource);
    if (isService && selector === undefined) throw new Error(`${resource.metadata.name} has no selector`);
  }
  await cluster.api.apply(`/api/v1/namespaces/${NAMESPACE}/endpoints/tekton-pipelines-webhook`, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'tekton-pipelines-webhook', namespace: NAMESPACE },
    subsets: [{ addresses: [{ ip: CONTROL_PLANE }], ports: [{ name: 'https-webhook', port: WEBHOOK_PORT }] }],
  });
  const found = resources.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name.includes('webhook'),
  );
  const [container] = (found?.spec as Deployment | undefined)?.template.spec.containers ?? [];
  const env = (container?.env ?? []).map(({ name, value }) => [name, value ?? NAMESPACE] as const);
  await cluster.run('tekton-webhook', ['webhook', '-kubeconfig', cluster.kubeconfig], {
    ...Object.fromEntries(env),
    POD_NAME: 'webhook',
    KUBECONFIG: cluster.kubeconfig,
  });
  const isUp = async (): Promise<boolean> => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    const { webhooks } = await cluster.api.get<{ webhooks: { clientConfig: { caBundle?: string } }[] }>(
      `${path}/validation.webhook.pipeline.tekton.dev`,
    );
    return webhooks.every(({ clientConfig }) => clientConfig.caBundle !== undefined);
  };
  await cluster.until('Tekton validates', isUp);
}
