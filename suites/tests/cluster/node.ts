import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CNI_PLUGINS } from './build.ts';
import { type Place, kubeconfig } from './control-plane.ts';
import { nodeAddress, podRange } from './network.ts';

const SCRIPT = new URL('node.sh', import.meta.url).pathname;

interface NodeOptions extends Place {
  /** Its network namespace. */
  namespace: string;
  number: number;
  /** Registry of the cluster, without TLS. */
  registry: string;
  /** The image that holds a pod's namespaces. */
  pause: string;
  /** Path in each hierarchy. */
  cgroup: string;
}

/** A kubelet with a containerd of its own. */
export async function startNode(options: NodeOptions): Promise<void> {
  const { namespace, number, programs, folder, authority, processes, registry, cgroup } = options;
  const name = `n${number}`;
  const own = join(folder, name);
  for (const part of ['cni', 'certs.d', join('certs.d', registry), 'logs', 'containerd']) {
    await mkdir(join(own, part), { recursive: true });
  }
  const user = await authority.issue(name, `/O=system:nodes/CN=system:node:${name}`);
  await kubeconfig(join(own, 'kubeconfig'), authority, user);
  await writeFile(join(own, 'resolv.conf'), '');
  await writeFile(join(own, 'cni/10-bridge.conflist'), JSON.stringify(cniConfig(number)));
  const plain = `server = "http://${registry}"\n[host."http://${registry}"]\n`;
  await writeFile(join(own, 'certs.d', registry, 'hosts.toml'), plain);
  await writeFile(join(own, 'containerd.toml'), containerdConfig(own, options));
  await writeFile(join(own, 'kubelet.yaml'), JSON.stringify(kubeletConfig(own, options)));
  const namespaces = ['--mount', '--uts', '--ipc', '--pid', '--fork', '--mount-proc', '--kill-child'];
  await processes.start(
    name,
    [
      ...['nsenter', `--net=/run/netns/${namespace}`, 'unshare', ...namespaces],
      ...['sh', SCRIPT, own, programs, name, cgroup, nodeAddress(number)],
    ],
    { PATH: `${programs}:${process.env.PATH ?? ''}` },
  );
}

const cniConfig = (number: number): object => ({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: podRange(number) }]],
        routes: [{ dst: '0.0.0.0/0' }],
        dataDir: '/run/cni',
      },
    },
  ],
});

/** containerd(8), version 3 of its configuration. */
const containerdConfig = (own: string, { pause }: NodeOptions): string => `version = 3
root = ${JSON.stringify(join(own, 'containerd'))}
state = "/run/containerd"
[grpc]
address = "/run/containerd/containerd.sock"
[plugins.'io.containerd.cri.v1.runtime']
# Without CAP_SYS_RESOURCE no process may be made less likely to be killed.
restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = [${JSON.stringify(CNI_PLUGINS)}]
conf_dir = ${JSON.stringify(join(own, 'cni'))}
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
SystemdCgroup = false
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = ${JSON.stringify(pause)}
[plugins.'io.containerd.cri.v1.images'.registry]
config_path = ${JSON.stringify(join(own, 'certs.d'))}
`;

const kubeletConfig = (own: string, { authority, cgroup }: NodeOptions): object => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: false },
    x509: { clientCAFile: authority.ca.certificate },
  },
  authorization: { mode: 'AlwaysAllow' },
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${cgroup}`,
  failCgroupV1: false,
  failSwapOn: false,
  enforceNodeAllocatable: [],
  // However full the machine is that the tests run on.
  evictionHard: {
    'memory.available': '0%',
    'nodefs.available': '0%',
    'nodefs.inodesFree': '0%',
    'imagefs.available': '0%',
  },
  imageGCHighThresholdPercent: 100,
  resolvConf: join(own, 'resolv.conf'),
  podLogsDir: join(own, 'logs'),
  volumePluginDir: join(own, 'plugins'),
  nodeStatusUpdateFrequency: '4s',
  oomScoreAdj: 0,
  readOnlyPort: 0,
});
