import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { writeLayout } from '../../../harness/testing/oci/image.ts';
import { tar } from '../../../harness/testing/oci/tar/tar.ts';
import type { Place } from './control-plane.ts';
import { CONTROL_PLANE } from './network.ts';

/** The registry of the cluster: nodes, pods and tests reach it there. */
export const REGISTRY_HOST = `${CONTROL_PLANE}:5000`;

export async function startRegistry(namespace: string, { folder, processes }: Place): Promise<void> {
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'registry') }, delete: { enabled: true } },
    http: { addr: REGISTRY_HOST, secret: 'test' },
  };
  const file = join(folder, 'registry.yml');
  await writeFile(file, JSON.stringify(config));
  await processes.start('registry', ['ip', 'netns', 'exec', namespace, 'docker-registry', 'serve', file]);
  const answers = (): Promise<boolean> =>
    fetch(`http://${REGISTRY_HOST}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) {
    await processes.requireRunning();
    await setTimeout(100);
  }
}

/** The image of all pods; @returns its name */
export async function pushPrograms(programs: string, folder: string): Promise<string> {
  const content = await readFile(join(programs, 'pause'));
  const layers = [tar([{ name: 'pause', mode: 0o755, content }])];
  const config = { config: { Entrypoint: ['/pause'] } };
  const layout = await writeLayout(join(folder, 'pause'), { layers, config });
  const name = `${REGISTRY_HOST}/pause:1`;
  const plain = ['--insecure-policy', '--dest-tls-verify=false'];
  await execa('skopeo', ['copy', '--quiet', ...plain, layout, `docker://${name}`]);
  return name;
}
