import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Authority, Certificate } from './certificates.ts';
import { CONTROL_PLANE } from './network.ts';
import type { Processes } from './processes.ts';

export const SERVER = `https://${CONTROL_PLANE}:6443`;
const ETCD = 'http://127.0.0.1:2379';

export interface Place {
  /** Folder of the programs. */
  programs: string;
  /** Everything of this cluster. */
  folder: string;
  authority: Authority;
  processes: Processes;
}

/** A kubeconfig for one user; YAML of JSON. */
export async function kubeconfig(path: string, authority: Authority, user: Certificate): Promise<string> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'test', cluster: { server: SERVER, 'certificate-authority': authority.ca.certificate } },
    ],
    users: [{ name: 'me', user: { 'client-certificate': user.certificate, 'client-key': user.key } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'me' } }],
    'current-context': 'test',
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}

/** etcd and API server, in the network namespace of the control plane. */
export async function startApiServer(namespace: string, place: Place): Promise<void> {
  const { folder } = place;
  const run = runIn(namespace, place);
  await mkdir(join(folder, 'etcd'));
  await run('etcd', [
    `--data-dir=${join(folder, 'etcd')}`,
    '--unsafe-no-fsync',
    ...[`--listen-client-urls=${ETCD}`, `--advertise-client-urls=${ETCD}`],
    '--listen-peer-urls=http://127.0.0.1:2380',
  ]);
  await run('apiserver', await apiServerFlags(place));
}

/** Controllers and scheduler. Those give up on an API server that is not ready soon. */
export async function startControllers(namespace: string, place: Place): Promise<void> {
  const { folder, authority } = place;
  const run = runIn(namespace, place);
  const client = async (name: string): Promise<string> => {
    const user = await authority.issue(name, `/CN=system:${name}`);
    return kubeconfig(join(folder, `${name}.kubeconfig`), authority, user);
  };
  await run('controller-manager', [
    `--kubeconfig=${await client('kube-controller-manager')}`,
    `--service-account-private-key-file=${join(folder, 'service-accounts.key')}`,
    `--root-ca-file=${authority.ca.certificate}`,
    '--use-service-account-credentials=true',
    '--leader-elect=false',
    // Quick to see that a node is gone.
    ...['--node-monitor-period=2s', '--node-monitor-grace-period=20s'],
  ]);
  await run('scheduler', [`--kubeconfig=${await client('kube-scheduler')}`, '--leader-elect=false']);
}

const runIn =
  (namespace: string, { programs, processes }: Place) =>
  (name: string, args: string[]): Promise<void> =>
    processes.start(name, [
      ...['ip', 'netns', 'exec', namespace, join(programs, 'kubernetes'), name],
      ...args,
    ]);

async function apiServerFlags({ folder, authority }: Place): Promise<string[]> {
  const names = [`IP:${CONTROL_PLANE}`, 'IP:127.0.0.1', 'IP:10.96.0.1', 'DNS:localhost'];
  const server = await authority.issue('apiserver', '/CN=kube-apiserver', names);
  const kubelets = await authority.issue('apiserver-kubelet', '/O=system:masters/CN=kube-apiserver-kubelet');
  const accounts = join(folder, 'service-accounts.key');
  await execa('openssl', ['genrsa', '-out', accounts, '2048']);
  return [
    ...[`--advertise-address=${CONTROL_PLANE}`, '--secure-port=6443', `--etcd-servers=${ETCD}`],
    ...[`--tls-cert-file=${server.certificate}`, `--tls-private-key-file=${server.key}`],
    `--client-ca-file=${authority.ca.certificate}`,
    `--kubelet-client-certificate=${kubelets.certificate}`,
    `--kubelet-client-key=${kubelets.key}`,
    // Names of nodes are known nowhere.
    '--kubelet-preferred-address-types=InternalIP',
    ...[`--service-account-key-file=${accounts}`, `--service-account-signing-key-file=${accounts}`],
    `--service-account-issuer=${SERVER}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=Node,RBAC',
    '--endpoint-reconciler-type=none',
    // Webhooks are asked at their endpoints: nothing here makes addresses of services work.
    '--enable-aggregator-routing=true',
    '--allow-privileged=true',
  ];
}
